namespace Neptune.Torch;

/// <summary>The sigmoid over plain memory.</summary>
internal static class SigmoidMath
{
    /// <summary>Turns logits into probabilities, in place.</summary>
    public static void Sigmoid(Span<float> values)
    {
        foreach (ref var value in values)
        {
            value = (float)Of(value, Math.Exp(-double.Abs(value)));
        }
    }

    /// <summary>The sigmoid of x.</summary>
    /// <param name="x">The logit.</param>
    /// <param name="small">exp(-|x|), which does not overflow.</param>
    public static double Of(float x, double small) => x >= 0 ? 1 / (1 + small) : small / (1 + small);
}
