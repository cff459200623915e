namespace Neptune.ModelGraph;

/// <summary>How a graph takes images.</summary>
public static class ImageLayout
{
    // These look at images as ONNX lays them out: channels before height and width.
    private static readonly string[] Spatial =
    [
        "AveragePool",
        "BatchNormalization",
        "Conv",
        "ConvTranspose",
        "GlobalAveragePool",
        "GlobalMaxPool",
        "InstanceNormalization",
        "LRN",
        "LpPool",
        "MaxPool",
        "Resize",
    ];

    // These leave dimensions where they are.
    private static readonly string[] Transparent =
    [
        "Add",
        "Cast",
        "Clip",
        "Div",
        "Dropout",
        "Identity",
        "Mul",
        "Pad",
        "Relu",
        "Sub",
    ];

    /// <summary>True where the graph's one input is (N, C, H, W); false where it is (N, H, W, C) or no image.</summary>
    public static bool IsChannelsFirst(Graph graph)
    {
        if (graph.Inputs is not [{ Shape.Rank: 4 }])
        {
            return false;
        }
        var values = new HashSet<string>(StringComparer.Ordinal) { graph.Inputs[0].Name };
        foreach (var operation in graph.Operations.Where(o => o.Inputs.Any(values.Contains)))
        {
            if (Spatial.Contains(operation.Type))
            {
                return true;
            }
            if (Transparent.Contains(operation.Type))
            {
                values.UnionWith(operation.Outputs);
            }
        }
        return false;
    }
}
