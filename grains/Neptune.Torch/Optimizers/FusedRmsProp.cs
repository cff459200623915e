using System.Numerics;
using System.Runtime.CompilerServices;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>
/// RMSprop (Hinton, lecture 6e, 2012): s = rho s + (1 - rho) g g; d = rate g / (sqrt(s) + epsilon), or with epsilon
/// under the root; with a momentum v = momentum v + d and w -= v, else w -= d.
/// </summary>
internal sealed class FusedRmsProp(Optimizer.RmsProp settings) : FusedOptimizer(settings, "rmsprop", countsSteps: false)
{
    private readonly Optimizer.RmsProp _settings = settings;
    private float _rate;

    public override IReadOnlyList<string> StateNames =>
        _settings.Momentum == 0 ? ["rmsprop.square"] : ["rmsprop.square", "rmsprop.momentum"];

    public override bool Update(
        Span<float> weights,
        ReadOnlySpan<float> gradients,
        float count,
        Span<float> state1,
        Span<float> state2
    ) =>
        UpdateLoop.Run(
            new Rule(
                new(_settings.Rho),
                new((float)(1 - Exactly(_settings.Rho))),
                new(_settings.Momentum),
                new(_rate),
                new(_settings.EpsilonInRoot ? _settings.Epsilon : 0),
                new(_settings.EpsilonInRoot ? 0 : _settings.Epsilon)
            ),
            weights,
            gradients,
            count,
            state1,
            _settings.Momentum == 0 ? [] : state2
        );

    protected override void Prepare(float rate) => _rate = rate;

    private readonly struct Rule(
        Vector<float> keep,
        Vector<float> grow,
        Vector<float> momentum,
        Vector<float> rate,
        Vector<float> inside,
        Vector<float> outside
    ) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(
            Vector<float> weight,
            Vector<float> gradient,
            ref Vector<float> state1,
            ref Vector<float> state2
        )
        {
            state1 = (keep * state1) + (grow * gradient * gradient);
            state2 = (momentum * state2) + (rate * gradient / (Vector.SquareRoot(state1 + inside) + outside));
            return weight - state2;
        }
    }
}
