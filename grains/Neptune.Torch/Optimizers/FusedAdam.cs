using System.Numerics;
using System.Runtime.InteropServices;

namespace Neptune.Torch;

/// <summary>
/// Adam and AdamW as torch.optim computes them: w *= 1 - rate decay (AdamW alone); m += (g - m)(1 - beta1);
/// v = beta2 v + (1 - beta2) g g; w -= rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon).
/// </summary>
internal sealed class FusedAdam : FusedOptimizer
{
    private readonly string _name;
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly float _epsilon;
    private readonly float _decay;
    private readonly float _grow1;
    private readonly float _keep2;
    private readonly float _grow2;
    private float _keepWeight;
    private float _stepSize;
    private float _correction2;

    public FusedAdam(string name, float learningRate, float beta1, float beta2, float epsilon, float decay)
    {
        if (beta1 is not (>= 0 and < 1) || beta2 is not (>= 0 and < 1))
        {
            throw new ArgumentException(
                $"{name}: beta1 is {beta1} and beta2 {beta2}; both must lie in 0..1, 1 excluded."
            );
        }
        _name = name;
        LearningRate = learningRate;
        // The settings are meant in decimal: 0.9f is 0.89999998 as a double.
        _beta1 = (double)(decimal)beta1;
        _beta2 = (double)(decimal)beta2;
        _epsilon = epsilon;
        _decay = decay;
        _grow1 = (float)(1 - _beta1);
        _keep2 = (float)_beta2;
        _grow2 = (float)(1 - _beta2);
    }

    public override IReadOnlyList<string> StateNames => [$"{_name}.m", $"{_name}.v"];

    public override string StepName => $"{_name}.step";

    public override void Begin()
    {
        base.Begin();
        _keepWeight = (float)(1 - ((double)LearningRate * _decay));
        _stepSize = (float)(LearningRate / (1 - Power(_beta1, Step)));
        _correction2 = (float)Math.Sqrt(1 - Power(_beta2, Step));
    }

    public override bool Update(
        Span<float> weights,
        ReadOnlySpan<float> gradients,
        float count,
        Span<float> state1,
        Span<float> state2
    )
    {
        gradients = gradients[..weights.Length];
        state1 = state1[..weights.Length];
        state2 = state2[..weights.Length];
        var width = Vector<float>.Count;
        var end = weights.Length - (weights.Length % width);
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var g = ref MemoryMarshal.GetReference(gradients);
        ref var m = ref MemoryMarshal.GetReference(state1);
        ref var v = ref MemoryMarshal.GetReference(state2);
        var finite = Vector<float>.Zero;
        var counts = new Vector<float>(count);
        var (grow1, keep2, grow2) = (new Vector<float>(_grow1), new Vector<float>(_keep2), new Vector<float>(_grow2));
        var (stepSize, correction2) = (new Vector<float>(_stepSize), new Vector<float>(_correction2));
        var (epsilon, keepWeight) = (new Vector<float>(_epsilon), new Vector<float>(_keepWeight));
        for (nuint i = 0; i < (nuint)end; i += (nuint)width)
        {
            var d = Vector.LoadUnsafe(ref g, i) / counts;
            finite += d * Vector<float>.Zero;
            var mean = Vector.LoadUnsafe(ref m, i);
            mean += (d - mean) * grow1;
            mean.StoreUnsafe(ref m, i);
            var square = (keep2 * Vector.LoadUnsafe(ref v, i)) + (grow2 * d * d);
            square.StoreUnsafe(ref v, i);
            var weight = keepWeight * Vector.LoadUnsafe(ref w, i);
            weight -= stepSize * mean / ((Vector.SquareRoot(square) / correction2) + epsilon);
            weight.StoreUnsafe(ref w, i);
        }
        var ok = Vector.EqualsAll(finite, Vector<float>.Zero);
        for (var i = end; i < weights.Length; i++)
        {
            ok &= UpdateOne(ref weights[i], gradients[i], count, ref state1[i], ref state2[i]);
        }
        return ok;
    }

    /// <summary>One element: what the vectors compute, spelt out.</summary>
    internal bool UpdateOne(ref float weight, float gradientSum, float count, ref float mean, ref float square)
    {
        var d = gradientSum / count;
        mean += (d - mean) * _grow1;
        square = (_keep2 * square) + (_grow2 * d * d);
        weight = (_keepWeight * weight) - (_stepSize * mean / ((MathF.Sqrt(square) / _correction2) + _epsilon));
        return float.IsFinite(d);
    }

    // Math.Pow asks the C library, whose last bit differs between versions.
    private static double Power(double value, long exponent)
    {
        var result = 1.0;
        for (var square = value; exponent > 0; exponent >>= 1, square *= square)
        {
            result *= (exponent & 1) == 1 ? square : 1;
        }
        return result;
    }
}
