using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>
/// Stochastic gradient descent as torch.optim.SGD computes it: d = g + decay w; v = momentum v + d;
/// w -= rate (d + momentum v with Nesterov, v with momentum alone, d without).
/// </summary>
internal sealed class FusedSgd : FusedOptimizer
{
    private readonly float _momentum;
    private readonly float _decay;
    private readonly bool _nesterov;

    public FusedSgd(Optimizer.Sgd settings)
    {
        LearningRate = settings.LearningRate;
        _momentum = settings.Momentum;
        _decay = settings.WeightDecay;
        _nesterov = settings.Nesterov;
        if (_nesterov && _momentum == 0)
        {
            throw new ArgumentException("SGD with Nesterov needs a momentum above 0, such as 0.9.");
        }
    }

    public override IReadOnlyList<string> StateNames => _momentum == 0 ? [] : ["sgd.momentum"];

    public override bool Update(
        Span<float> weights,
        ReadOnlySpan<float> gradients,
        float count,
        Span<float> state1,
        Span<float> state2
    )
    {
        gradients = gradients[..weights.Length];
        var width = Vector<float>.Count;
        var end = weights.Length - (weights.Length % width);
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var g = ref MemoryMarshal.GetReference(gradients);
        var finite = Vector<float>.Zero; // stays zero but for a NaN or infinity, whose product with zero is NaN
        var counts = new Vector<float>(count);
        var rates = new Vector<float>(LearningRate);
        if (_momentum == 0 && _decay == 0)
        {
            for (nuint i = 0; i < (nuint)end; i += (nuint)width)
            {
                var d = Vector.LoadUnsafe(ref g, i) / counts;
                finite += d * Vector<float>.Zero;
                (Vector.LoadUnsafe(ref w, i) - (rates * d)).StoreUnsafe(ref w, i);
            }
        }
        else
        {
            finite = UpdateWithState(ref w, ref g, end, counts, rates, state1);
        }
        var ok = Vector.EqualsAll(finite, Vector<float>.Zero);
        for (var i = end; i < weights.Length; i++)
        {
            ok &= UpdateOne(
                ref weights[i],
                gradients[i],
                count,
                ref _momentum == 0 ? ref Unsafe.NullRef<float>() : ref state1[i]
            );
        }
        return ok;
    }

    /// <summary>One element: what the vectors compute, spelt out.</summary>
    internal bool UpdateOne(ref float weight, float gradientSum, float count, ref float velocity)
    {
        var d = gradientSum / count;
        var finite = float.IsFinite(d);
        if (_decay != 0)
        {
            d += _decay * weight;
        }
        if (_momentum != 0)
        {
            velocity = (_momentum * velocity) + d;
            d = _nesterov ? d + (_momentum * velocity) : velocity;
        }
        weight -= LearningRate * d;
        return finite;
    }

    private Vector<float> UpdateWithState(
        ref float w,
        ref float g,
        int end,
        Vector<float> counts,
        Vector<float> rates,
        Span<float> state
    )
    {
        ref var v = ref MemoryMarshal.GetReference(state);
        var finite = Vector<float>.Zero;
        var momenta = new Vector<float>(_momentum);
        var decays = new Vector<float>(_decay);
        for (nuint i = 0; i < (nuint)end; i += (nuint)Vector<float>.Count)
        {
            var weight = Vector.LoadUnsafe(ref w, i);
            var d = Vector.LoadUnsafe(ref g, i) / counts;
            finite += d * Vector<float>.Zero;
            if (_decay != 0)
            {
                d += decays * weight;
            }
            if (_momentum != 0)
            {
                var velocity = (momenta * Vector.LoadUnsafe(ref v, i)) + d;
                velocity.StoreUnsafe(ref v, i);
                d = _nesterov ? d + (momenta * velocity) : velocity;
            }
            (weight - (rates * d)).StoreUnsafe(ref w, i);
        }
        return finite;
    }
}
