using System.Numerics;
using System.Runtime.CompilerServices;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>
/// AdaDelta: Zeiler, 2012, algorithm 1: s = rho s + (1 - rho) g g; d = g sqrt(u + epsilon) / sqrt(s + epsilon);
/// u = rho u + (1 - rho) d d; w -= rate d.
/// </summary>
internal sealed class FusedAdaDelta(Optimizer.AdaDelta settings)
    : FusedOptimizer(settings, "adadelta", countsSteps: false)
{
    private readonly Optimizer.AdaDelta _settings = settings;
    private float _rate;

    public override IReadOnlyList<string> StateNames => ["adadelta.square", "adadelta.update"];

    public override bool Update(
        Span<float> weights,
        ReadOnlySpan<float> gradients,
        float count,
        Span<float> state1,
        Span<float> state2
    ) =>
        UpdateLoop.Run(
            new Rule(new(_settings.Rho), new((float)(1 - Exactly(_settings.Rho))), new(_settings.Epsilon), new(_rate)),
            weights,
            gradients,
            count,
            state1,
            state2
        );

    protected override void Prepare(float rate) => _rate = rate;

    private readonly struct Rule(Vector<float> keep, Vector<float> grow, Vector<float> epsilon, Vector<float> rate)
        : IUpdateRule
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
            var update = Vector.SquareRoot(state2 + epsilon) / Vector.SquareRoot(state1 + epsilon) * gradient;
            state2 = (keep * state2) + (grow * update * update);
            return weight - (rate * update);
        }
    }
}
