using System.Numerics;
using System.Runtime.CompilerServices;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>
/// AdaGrad: Duchi, Hazan and Singer, 2011: s += g g; w -= rate g / (sqrt(s) + epsilon), or with epsilon under the root.
/// </summary>
internal sealed class FusedAdaGrad(Optimizer.AdaGrad settings) : FusedOptimizer(settings, "adagrad", countsSteps: false)
{
    private readonly Optimizer.AdaGrad _settings = settings;
    private float _rate;

    public override IReadOnlyList<string> StateNames => ["adagrad.square"];

    public override float InitialState => _settings.InitialAccumulator;

    public override bool Update(
        Span<float> weights,
        ReadOnlySpan<float> gradients,
        float count,
        Span<float> state1,
        Span<float> state2
    ) =>
        UpdateLoop.Run(
            new Rule(
                new(_rate),
                new(_settings.EpsilonInRoot ? _settings.Epsilon : 0),
                new(_settings.EpsilonInRoot ? 0 : _settings.Epsilon)
            ),
            weights,
            gradients,
            count,
            state1,
            []
        );

    protected override void Prepare(float rate) => _rate = rate;

    private readonly struct Rule(Vector<float> rate, Vector<float> inside, Vector<float> outside) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(
            Vector<float> weight,
            Vector<float> gradient,
            ref Vector<float> state1,
            ref Vector<float> state2
        )
        {
            state1 += gradient * gradient;
            return weight - (rate * gradient / (Vector.SquareRoot(state1 + inside) + outside));
        }
    }
}
