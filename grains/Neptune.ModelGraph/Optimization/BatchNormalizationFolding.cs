namespace Neptune.ModelGraph;

/// <summary>
/// Makes batch normalizations part of the weights before them: with f = scale / sqrt(var + epsilon) a layer's output
/// y = W x + c becomes f y + (B - f mean) = (f W) x + f (c - mean) + B, channel by channel.
/// </summary>
internal static class BatchNormalizationFolding
{
    /// <summary>Changes the graph.</summary>
    /// <returns>How many are gone.</returns>
    public static int Apply(GraphRewrite graph)
    {
        var folded = 0;
        foreach (var operation in graph.Operations)
        {
            if (
                operation.Type == "BatchNormalization"
                && graph.IsReadOnce(operation.Inputs[0])
                && graph.MakerOf(operation.Inputs[0]) is { } maker
                && WeightedOperation.Find(graph, maker) is { } layer
                && ChannelScaling.Of(graph, operation, layer.Channels) is { } scaling
            )
            {
                Fold(graph, operation, layer, scaling);
                folded++;
            }
        }
        return folded;
    }

    private static void Fold(
        GraphRewrite graph,
        Operation normalization,
        WeightedOperation layer,
        ChannelScaling scaling
    )
    {
        var maker = layer.Operation;
        var weight = Write(
            graph,
            maker.Inputs[1],
            $"{maker.Name}.weight",
            ChannelArithmetic.Scale(layer.Weight, layer.Layout, scaling.Factors)
        );
        var bias = Write(
            graph,
            maker.Inputs.Length > 2 ? maker.Inputs[2] : "",
            BiasNameOf(weight, maker),
            ChannelArithmetic.Bias(layer.Weight.Type, layer.Bias, layer.BiasFactor, scaling),
            behind: weight
        );
        graph.Replace(normalization, null);
        graph.Replace(
            maker,
            maker with
            {
                Type = maker.Type == "MatMul" ? "Gemm" : maker.Type,
                Inputs = [maker.Inputs[0], weight, bias],
                Outputs = [normalization.Outputs[0]],
                Attributes = maker.Attributes.Remove("beta"),
            }
        );
    }

    // A weight that only this layer reads keeps its name; one that is shared stays for the others.
    private static string Write(GraphRewrite graph, string old, string stem, TensorValue value, string? behind = null)
    {
        var known = old.Length > 0 ? graph.ParameterOf(old) : null;
        var name = known is not null && graph.IsReadOnce(old) ? old : graph.FreeName(stem);
        graph.SetParameter(
            new()
            {
                Name = name,
                Shape = value.Shape,
                Type = value.Type,
                Initializer = known?.Initializer ?? Initializer.Zeros,
                Trainable = known?.Trainable ?? true,
            },
            value,
            behind ?? old
        );
        return name;
    }

    private static string BiasNameOf(string weight, Operation maker) =>
        weight.EndsWith(".weight", StringComparison.Ordinal)
            ? $"{weight[..^".weight".Length]}.bias"
            : $"{maker.Name}.bias";
}
