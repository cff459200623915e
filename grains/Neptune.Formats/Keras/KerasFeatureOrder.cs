using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Keras lays an image out pixel by pixel, and a layer that sees all of it has its weights in that order: a graph that flattens
/// images channel by channel would meet the wrong ones.
/// </summary>
internal static class KerasFeatureOrder
{
    private static readonly string[] Spatial =
    [
        "AveragePool",
        "BatchNormalization",
        "Conv",
        "ConvTranspose",
        "MaxPool",
        "Resize",
    ];

    /// <summary>Throws where the graph flattens images with channels first.</summary>
    /// <param name="file">What errors call the file.</param>
    /// <param name="graph">The graph that gets the weights.</param>
    /// <exception cref="ModelFileException">It does.</exception>
    public static void Require(string file, Graph graph)
    {
        var types = GraphShapes.Infer(graph);
        var channelsFirst = new HashSet<string>(StringComparer.Ordinal);
        foreach (var operation in graph.Operations)
        {
            var isMade = Spatial.Contains(operation.Type) || operation.Inputs.Any(channelsFirst.Contains);
            if (
                operation.Type is "Flatten" or "Reshape"
                && channelsFirst.Contains(operation.Inputs[0])
                && types[operation.Inputs[0]].Shape is var shape
                && !(shape[1] == 1 || shape.Dimensions.Skip(2).All(d => d == 1))
            )
            {
                throw new ModelFileException(
                    $"{file}: operation {operation.Name} ({operation.Type}) of graph {graph.Name} reads an image {shape} channel by "
                        + "channel. Keras's order is height, width, channels, so weights behind it would meet the wrong features."
                );
            }
            if (isMade && operation.Type is not ("Transpose" or "Flatten" or "Reshape" or "Constant"))
            {
                channelsFirst.UnionWith(operation.Outputs.Where(o => types.ContainsKey(o) && types[o].Shape.Rank > 2));
            }
        }
    }
}
