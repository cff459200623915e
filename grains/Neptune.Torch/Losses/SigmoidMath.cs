namespace Neptune.Torch;

/// <summary>The sigmoid over plain memory.</summary>
internal static class SigmoidMath
{
    /// <summary>Turns logits into probabilities, in place.</summary>
    public static void Sigmoid(Span<float> values)
    {
        foreach (ref var value in values)
        {
            var small = Math.Exp(-double.Abs(value));
            value = (float)(value >= 0 ? 1 / (1 + small) : small / (1 + small));
        }
    }
}
