using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A parameter of a graph, as a place for a variable of Keras.</summary>
/// <param name="Layer">The parameter's name before its last dot.</param>
/// <param name="Variables">What Keras may call the variable.</param>
/// <param name="Place">The parameter's number in its layer.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="Reader">The operation that reads it; null for none.</param>
internal sealed record KerasSlot(
    string Layer,
    ImmutableArray<string> Variables,
    int Place,
    Parameter Parameter,
    Operation? Reader
)
{
    /// <summary>The place that a parameter is.</summary>
    public static KerasSlot Of(Graph graph, Parameter parameter)
    {
        var dot = parameter.Name.LastIndexOf('.');
        var (layer, role) = dot < 0 ? ("", parameter.Name) : (parameter.Name[..dot], parameter.Name[(dot + 1)..]);
        var place = graph
            .Parameters.TakeWhile(p => p != parameter)
            .Count(p => p.Name.StartsWith($"{layer}.", StringComparison.Ordinal) && p.Name.LastIndexOf('.') == dot);
        ImmutableArray<string> names = role switch
        {
            "weight" => ["kernel", "embeddings", "depthwise_kernel"],
            "running_mean" => ["moving_mean"],
            "running_var" => ["moving_variance"],
            "recurrent_weight" => ["recurrent_kernel"],
            "depthwise_weight" => ["depthwise_kernel", "kernel"],
            "pointwise_weight" => ["pointwise_kernel"],
            _ when role.EndsWith("_weight", StringComparison.Ordinal) => [$"{role[..^7]}/kernel"],
            _ when role.EndsWith("_bias", StringComparison.Ordinal) => [$"{role[..^5]}/bias"],
            _ => [role],
        };
        var reader = ReaderOf(graph, parameter.Name);
        // A recurrent layer's bias is joined with that of the states before.
        if (reader?.Type == "Concat")
        {
            reader = ReaderOf(graph, reader.Outputs[0]);
        }
        return new(layer, names, place, parameter, reader);
    }

    private static Operation? ReaderOf(Graph graph, string value) =>
        graph.Operations.FirstOrDefault(o => o.Inputs.Contains(value));

    /// <summary>True where the variable belongs here.</summary>
    public bool Takes(KerasStoredVariable stored) =>
        stored.Layer == Layer && (stored.Variable is { } name ? Variables.Contains(name) : stored.Place == Place);

    /// <summary>The variable's elements as the graph has them; null where they do not fit.</summary>
    /// <param name="tensor">The variable.</param>
    /// <param name="image">The image (C, H, W) that the graph flattens before it, channel by channel; null for none.</param>
    public TensorValue? Fit(NamedTensor tensor, Shape? image)
    {
        if (!tensor.Type.IsFloating() || Count(tensor.Shape) is not { } count || Parameter.Type != ElementType.Float32)
        {
            return null;
        }
        var wanted = Parameter.Shape;
        var isHalfBias = IsBias && Reader?.Type is "LSTM" or "GRU" or "RNN" && count * 2 == wanted.ElementCount();
        if (count != wanted.ElementCount() && !isHalfBias)
        {
            return null;
        }
        var order = Order(tensor.Shape);
        if (order is null)
        {
            return null;
        }
        var value = tensor.Type == ElementType.Float32 ? tensor.Read() : Float32Conversion.Of(tensor.Read());
        value = image is null ? value : KerasFeatureOrder.ByChannels(value, image);
        value = order.Length == 0 ? value : TensorLayout.Permuted(value, order);
        if (Reader?.Type == "LSTM")
        {
            value = KerasGates.OfLstm(value);
        }
        if (isHalfBias)
        {
            var both = new byte[value.Bytes.Length * 2];
            value.Bytes.CopyTo(both);
            value = value with { Bytes = both };
        }
        return value with { Shape = wanted };
    }

    private bool IsBias => Parameter.Name.EndsWith(".bias", StringComparison.Ordinal);

    // The order of dimensions that gives the graph's shape; none keeps it. Null where none does.
    private int[]? Order(Shape shape)
    {
        var rank = shape.Rank;
        switch (Reader?.Type)
        {
            case "Conv" or "ConvTranspose" when rank == Parameter.Shape.Rank && rank > 2:
                int[] lengths = [.. Enumerable.Range(0, rank - 2)];
                return Fits([rank - 1, rank - 2, .. lengths]) ? [rank - 1, rank - 2, .. lengths]
                    : Fits([rank - 2, rank - 1, .. lengths]) ? [rank - 2, rank - 1, .. lengths]
                    : null;
            case "Gemm" when rank == 2 && Reader.Inputs[1] == Parameter.Name && Reader.Int("transB", 0) == 1:
                return Fits([1, 0]) ? [1, 0] : null;
            case "LSTM" or "GRU" or "RNN":
                return rank == 2 && !IsBias ? [1, 0] : [];
            case "PRelu" when rank > 1 && Fits([rank - 1, .. Enumerable.Range(0, rank - 1)]):
                return [rank - 1, .. Enumerable.Range(0, rank - 1)];
            default:
                // Heads of attention may be apart or together.
                return shape == Parameter.Shape || Reader?.Type is "MatMul" or "Einsum" or "Add" ? [] : null;
        }

        // A depthwise kernel (K..., C, M) has its C and M in one dimension here.
        bool Fits(int[] order)
        {
            var lengths = order.Select(axis => shape[axis].Length).ToArray();
            var wanted = Parameter.Shape.ToArray();
            return lengths.SequenceEqual(wanted)
                || (
                    rank > 2
                    && wanted[1] == 1
                    && order[0] == rank - 2
                    && lengths[0] * lengths[1] == wanted[0]
                    && lengths.AsSpan(2).SequenceEqual(wanted.AsSpan(2))
                );
        }
    }

    private static long? Count(Shape shape)
    {
        try
        {
            return shape.ElementCount();
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
