using System.Numerics;
using System.Runtime.CompilerServices;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>
/// Adam and AdamW as torch.optim computes them: w *= 1 - rate decay (AdamW alone); m += (g - m)(1 - beta1);
/// v = beta2 v + (1 - beta2) g g; w -= rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon). Or with
/// epsilon before the correction: w -= rate sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon).
/// </summary>
internal sealed class FusedAdam : FusedOptimizer
{
    private readonly string _name;
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly float _epsilon;
    private readonly bool _epsilonHat;
    private readonly float _decay;
    private Rule _rule;

    public FusedAdam(Optimizer.Adam settings)
        : this(settings, "adam", settings.Beta1, settings.Beta2, settings.Epsilon, settings.EpsilonHat, 0) { }

    public FusedAdam(Optimizer.AdamW settings)
        : this(
            settings,
            "adamw",
            settings.Beta1,
            settings.Beta2,
            settings.Epsilon,
            settings.EpsilonHat,
            settings.WeightDecay
        ) { }

    private FusedAdam(
        Optimizer settings,
        string name,
        float beta1,
        float beta2,
        float epsilon,
        bool epsilonHat,
        float decay
    )
        : base(settings, name, countsSteps: true)
    {
        if (beta1 is not (>= 0 and < 1) || beta2 is not (>= 0 and < 1))
        {
            throw new ArgumentException(
                $"{name}: beta1 is {beta1} and beta2 {beta2}; both must lie in 0..1, 1 excluded."
            );
        }
        (_name, _beta1, _beta2) = (name, Exactly(beta1), Exactly(beta2));
        (_epsilon, _epsilonHat, _decay) = (epsilon, epsilonHat, decay);
    }

    public override IReadOnlyList<string> StateNames => [$"{_name}.m", $"{_name}.v"];

    public override bool Update(
        Span<float> weights,
        ReadOnlySpan<float> gradients,
        float count,
        Span<float> state1,
        Span<float> state2
    ) => UpdateLoop.Run(_rule, weights, gradients, count, state1, state2);

    protected override void Prepare(float rate)
    {
        var stepSize = rate / (1 - PortableMath.Pow(_beta1, Step));
        var correction = Math.Sqrt(1 - PortableMath.Pow(_beta2, Step));
        _rule = new()
        {
            Grow1 = new((float)(1 - _beta1)),
            Keep2 = new((float)_beta2),
            Grow2 = new((float)(1 - _beta2)),
            KeepWeight = new((float)(1 - ((double)rate * _decay))),
            StepSize = new((float)(_epsilonHat ? stepSize * correction : stepSize)),
            Correction2 = new(_epsilonHat ? 1 : (float)correction),
            Epsilon = new(_epsilon),
        };
    }

    private struct Rule : IUpdateRule
    {
        public Vector<float> Grow1;
        public Vector<float> Keep2;
        public Vector<float> Grow2;
        public Vector<float> KeepWeight;
        public Vector<float> StepSize;
        public Vector<float> Correction2;
        public Vector<float> Epsilon;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector<float> Apply(
            Vector<float> weight,
            Vector<float> gradient,
            ref Vector<float> state1,
            ref Vector<float> state2
        )
        {
            state1 += (gradient - state1) * Grow1;
            state2 = (Keep2 * state2) + (Grow2 * gradient * gradient);
            return (KeepWeight * weight) - (StepSize * state1 / ((Vector.SquareRoot(state2) / Correction2) + Epsilon));
        }
    }
}
