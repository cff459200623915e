using System.Numerics;
using System.Runtime.InteropServices;

namespace Neptune.Torch;

/// <summary>Applies a rule to all elements, vector by vector; the last ones in a vector with zeros behind them.</summary>
internal static class UpdateLoop
{
    /// <inheritdoc cref="FusedOptimizer.Update"/>
    public static bool Run<TRule>(
        TRule rule,
        Span<float> weights,
        ReadOnlySpan<float> gradients,
        float count,
        Span<float> state1,
        Span<float> state2
    )
        where TRule : struct, IUpdateRule
    {
        gradients = gradients[..weights.Length];
        var width = Vector<float>.Count;
        var end = weights.Length - (weights.Length % width);
        var ok = Whole(
            rule,
            weights[..end],
            gradients[..end],
            count,
            state1.IsEmpty ? [] : state1[..end],
            state2.IsEmpty ? [] : state2[..end]
        );
        if (end == weights.Length)
        {
            return ok;
        }
        Span<float> w = stackalloc float[width];
        Span<float> g = stackalloc float[width];
        Span<float> s1 = stackalloc float[state1.IsEmpty ? 0 : width];
        Span<float> s2 = stackalloc float[state2.IsEmpty ? 0 : width];
        weights[end..].CopyTo(w);
        gradients[end..].CopyTo(g);
        Rest(state1, end).CopyTo(s1);
        Rest(state2, end).CopyTo(s2);
        ok &= Whole(rule, w, g, count, s1, s2);
        var rest = weights.Length - end;
        w[..rest].CopyTo(weights[end..]);
        s1[..Math.Min(rest, s1.Length)].CopyTo(Rest(state1, end));
        s2[..Math.Min(rest, s2.Length)].CopyTo(Rest(state2, end));
        return ok;
    }

    private static Span<float> Rest(Span<float> state, int end) => state.IsEmpty ? [] : state[end..];

    private static bool Whole<TRule>(
        TRule rule,
        Span<float> weights,
        ReadOnlySpan<float> gradients,
        float count,
        Span<float> state1,
        Span<float> state2
    )
        where TRule : struct, IUpdateRule
    {
        var (has1, has2) = (!state1.IsEmpty, !state2.IsEmpty);
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var g = ref MemoryMarshal.GetReference(gradients);
        ref var s1 = ref MemoryMarshal.GetReference(state1);
        ref var s2 = ref MemoryMarshal.GetReference(state2);
        var finite = Vector<float>.Zero; // stays zero but for a NaN or infinity, whose product with zero is NaN
        var counts = new Vector<float>(count);
        for (nuint i = 0; i < (nuint)weights.Length; i += (nuint)Vector<float>.Count)
        {
            var gradient = Vector.LoadUnsafe(ref g, i) / counts;
            finite += gradient * Vector<float>.Zero;
            var first = has1 ? Vector.LoadUnsafe(ref s1, i) : Vector<float>.Zero;
            var second = has2 ? Vector.LoadUnsafe(ref s2, i) : Vector<float>.Zero;
            rule.Apply(Vector.LoadUnsafe(ref w, i), gradient, ref first, ref second).StoreUnsafe(ref w, i);
            if (has1)
            {
                first.StoreUnsafe(ref s1, i);
            }
            if (has2)
            {
                second.StoreUnsafe(ref s2, i);
            }
        }
        return Vector.EqualsAll(finite, Vector<float>.Zero);
    }
}
