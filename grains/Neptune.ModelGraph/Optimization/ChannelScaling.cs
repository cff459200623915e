namespace Neptune.ModelGraph;

/// <summary>What a batch normalization does to channel c: y = Factors[c] (x - Means[c]) + Offsets[c].</summary>
internal sealed record ChannelScaling(double[] Factors, double[] Means, double[] Offsets)
{
    /// <summary>
    /// That of an operation, of which all of scale, B, mean and variance are known; else null. Null too where a factor is no
    /// finite number: what the graph gives then stays its own affair.
    /// </summary>
    public static ChannelScaling? Of(GraphRewrite graph, Operation normalization, int channels)
    {
        if (
            normalization.Int("training_mode", 0) != 0
            || Numbers(graph, normalization.Inputs[1], channels) is not { } scale
            || Numbers(graph, normalization.Inputs[2], channels) is not { } offsets
            || Numbers(graph, normalization.Inputs[3], channels) is not { } means
            || Numbers(graph, normalization.Inputs[4], channels) is not { } variance
        )
        {
            return null;
        }
        var epsilon = normalization.Float("epsilon", 1e-5f);
        double[] factors = [.. scale.Zip(variance, (s, v) => s / Math.Sqrt(v + epsilon))];
        return factors.Concat(means).Concat(offsets).All(double.IsFinite) ? new(factors, means, offsets) : null;
    }

    private static double[]? Numbers(GraphRewrite graph, string name, int channels) =>
        graph.KnownValue(name) is { } value
        && ChannelArithmetic.Computes(value.Type)
        && value.Shape.ElementCount() == channels
            ? ChannelArithmetic.Numbers(value)
            : null;
}
