using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Keras lays an image out pixel by pixel, and a layer that sees all of it has its weights in that order. A graph that flattens
/// images channel by channel needs them in the other one.
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

    // These leave features where they are.
    private static readonly string[] Transparent = ["Dropout", "Identity", "LeakyRelu", "Relu", "Sigmoid", "Tanh"];

    /// <summary>The weights that see an image channel by channel, each with the image's shape (C, H, W).</summary>
    /// <param name="file">What errors call the file.</param>
    /// <param name="graph">The graph that gets the weights.</param>
    /// <exception cref="ModelFileException">Something other than a matrix sees one.</exception>
    public static Dictionary<string, Shape> Of(string file, Graph graph)
    {
        var types = GraphShapes.Infer(graph);
        var channelsFirst = new HashSet<string>(StringComparer.Ordinal);
        var flat = new Dictionary<string, Shape>(StringComparer.Ordinal);
        var weights = new Dictionary<string, Shape>(StringComparer.Ordinal);
        foreach (var operation in graph.Operations.Where(o => o.Inputs.Length > 0))
        {
            if (flat.TryGetValue(operation.Inputs[0], out var image))
            {
                if (Transparent.Contains(operation.Type))
                {
                    flat[operation.Outputs[0]] = image;
                }
                else if (operation.Type is "Gemm" or "MatMul" && operation.Inputs.Length > 1 && image.IsFixed)
                {
                    weights[operation.Inputs[1]] = image;
                }
                else
                {
                    throw Error(file, graph, operation, image);
                }
            }
            else if (operation.Inputs.Skip(1).FirstOrDefault(flat.ContainsKey) is { } other)
            {
                throw Error(file, graph, operation, flat[other]);
            }
            var isChannelsFirst = Spatial.Contains(operation.Type) || operation.Inputs.Any(channelsFirst.Contains);
            if (operation.Type is "Flatten" or "Reshape" && channelsFirst.Contains(operation.Inputs[0]))
            {
                var sample = types[operation.Inputs[0]].Shape.WithoutFirst();
                if (!(sample[0] == 1 || sample.Dimensions.Skip(1).All(d => d == 1)))
                {
                    flat[operation.Outputs[0]] = sample;
                }
            }
            else if (isChannelsFirst && operation.Type is not ("Transpose" or "Constant"))
            {
                channelsFirst.UnionWith(operation.Outputs.Where(o => types.ContainsKey(o) && types[o].Shape.Rank > 2));
            }
        }
        return weights;
    }

    /// <summary>A matrix whose rows are an image's elements pixel by pixel, with rows channel by channel.</summary>
    public static TensorValue ByChannels(TensorValue matrix, Shape image)
    {
        var lengths = image.ToArray();
        var columns = matrix.Shape[1].Length;
        var places = TensorLayout.Reshaped(matrix, [.. lengths[1..], lengths[0], columns]);
        var last = lengths.Length - 1;
        var ordered = TensorLayout.Permuted(places, [last, .. Enumerable.Range(0, last), last + 1]);
        return TensorLayout.Reshaped(ordered, matrix.Shape.ToArray());
    }

    private static ModelFileException Error(string file, Graph graph, Operation operation, Shape image) =>
        new(
            $"{file}: operation {operation.Name} ({operation.Type}) of graph {graph.Name} reads an image {image} that is flattened "
                + "channel by channel. Keras's order is height, width, channels, so it would meet the wrong features. Put a Dense "
                + "layer right behind the Flatten, or use GlobalAveragePooling2D."
        );
}
