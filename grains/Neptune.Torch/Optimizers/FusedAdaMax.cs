using System.Numerics;
using System.Runtime.CompilerServices;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>AdaMax: Kingma and Ba, 2015, algorithm 2, with epsilon beside the largest gradient.</summary>
internal sealed class FusedAdaMax(Optimizer.AdaMax settings) : FusedOptimizer(settings, "adamax", countsSteps: true)
{
    private readonly Optimizer.AdaMax _settings = settings;
    private float _stepSize;

    public override IReadOnlyList<string> StateNames => ["adamax.m", "adamax.u"];

    public override bool Update(
        Span<float> weights,
        ReadOnlySpan<float> gradients,
        float count,
        Span<float> state1,
        Span<float> state2
    ) =>
        UpdateLoop.Run(
            new Rule(
                new((float)(1 - Exactly(_settings.Beta1))),
                new(_settings.Beta2),
                new(_stepSize),
                new(_settings.Epsilon)
            ),
            weights,
            gradients,
            count,
            state1,
            state2
        );

    protected override void Prepare(float rate) =>
        _stepSize = (float)(rate / (1 - PortableMath.Pow(Exactly(_settings.Beta1), Step)));

    private readonly struct Rule(
        Vector<float> grow1,
        Vector<float> keep2,
        Vector<float> stepSize,
        Vector<float> epsilon
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
            state1 += (gradient - state1) * grow1;
            state2 = Vector.Max(keep2 * state2, Vector.Abs(gradient));
            return weight - (stepSize * state1 / (state2 + epsilon));
        }
    }
}
