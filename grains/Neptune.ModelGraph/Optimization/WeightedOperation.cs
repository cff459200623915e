namespace Neptune.ModelGraph;

/// <summary>An operation that multiplies its input by weights that are known, and whose output has channels on axis 1.</summary>
/// <param name="Operation">A Conv, ConvTranspose, Gemm or MatMul.</param>
/// <param name="Weight">Its weights.</param>
/// <param name="Layout">How the channels lie in them.</param>
/// <param name="Bias">What is added to each channel; null for nothing.</param>
/// <param name="BiasFactor">The bias is multiplied by this first.</param>
internal sealed record WeightedOperation(
    Operation Operation,
    TensorValue Weight,
    ChannelLayout Layout,
    TensorValue? Bias,
    float BiasFactor
)
{
    /// <summary>The number of channels of the output.</summary>
    public int Channels => Layout.Groups * Layout.Channels;

    /// <summary>The operation as one; null where it is none, or where its weights are computed.</summary>
    public static WeightedOperation? Find(GraphRewrite graph, Operation operation)
    {
        if (
            operation.Type is not ("Conv" or "ConvTranspose" or "Gemm" or "MatMul")
            || graph.KnownValue(operation.Inputs[1]) is not { } weight
            || !ChannelArithmetic.Computes(weight.Type)
            || LayoutOf(graph, operation, weight.Shape) is not { } layout
        )
        {
            return null;
        }
        var biasName = operation.Inputs.Length > 2 ? operation.Inputs[2] : "";
        var bias = biasName.Length == 0 ? null : graph.KnownValue(biasName);
        var fits = biasName.Length == 0 || (bias is not null && IsPerChannel(bias.Shape, layout));
        return fits ? new(operation, weight, layout, bias, operation.Float("beta", 1)) : null;
    }

    private static ChannelLayout? LayoutOf(GraphRewrite graph, Operation operation, Shape weight)
    {
        var lengths = weight.ToArray();
        return operation.Type switch
        {
            "Conv" => new(1, 1, (int)lengths[0], Product(lengths.AsSpan(1))),
            "ConvTranspose" => Transposed(lengths, (int)operation.Int("group", 1)),
            "Gemm" when operation.Int("transB", 0) != 0 => new(1, 1, (int)lengths[0], (int)lengths[1]),
            "Gemm" => new(1, (int)lengths[0], (int)lengths[1], 1),
            // Of more dimensions, the channels of a normalization are not the columns.
            _ => lengths.Length == 2 && graph.TypeOf(operation.Inputs[0]) is { Shape: { IsKnown: true, Rank: 2 } }
                ? new(1, (int)lengths[0], (int)lengths[1], 1)
                : null,
        };
    }

    private static ChannelLayout Transposed(long[] lengths, int groups) =>
        new(groups, (int)lengths[0] / groups, (int)lengths[1], Product(lengths.AsSpan(2)));

    private static int Product(ReadOnlySpan<long> lengths)
    {
        var product = 1L;
        foreach (var length in lengths)
        {
            product *= length;
        }
        return checked((int)product);
    }

    private static bool IsPerChannel(Shape bias, ChannelLayout layout)
    {
        var count = bias.ElementCount();
        return count == 1 || (count == layout.Groups * layout.Channels && bias[-1].Length == count);
    }
}
