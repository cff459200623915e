using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Where a graph computes otherwise than the PyTorch modules of the same shapes, so that weights would fit and answers would
/// be wrong.
/// </summary>
internal sealed class PyTorchDifferences
{
    private const float PyTorchEpsilon = 1e-5f;

    private readonly Graph _graph;
    private readonly ImmutableDictionary<string, TensorType> _types;
    private readonly Dictionary<string, bool> _channelsLast = new(StringComparer.Ordinal);

    private PyTorchDifferences(Graph graph)
    {
        _graph = graph;
        _types = GraphShapes.Infer(graph);
        foreach (var input in graph.Inputs)
        {
            // Graphs of Neptune's layers take images channels last; those of other frameworks feed them right into Conv.
            _channelsLast[input.Name] = !graph.Operations.Any(operation =>
                IsSpatial(operation) && operation.Inputs[0] == input.Name
            );
        }
        foreach (var operation in graph.Operations)
        {
            _channelsLast[operation.Outputs[0]] = operation switch
            {
                { Type: "Transpose" } => Perm(operation).SequenceEqual([0, 2, 3, 1]),
                _ when IsSpatial(operation) => false,
                { Type: "Reshape" } => true,
                _ => operation.Inputs.Any(input => IsImage(input) && _channelsLast.GetValueOrDefault(input)),
            };
        }
    }

    /// <summary>What a user should look at.</summary>
    /// <param name="file">What errors call the file.</param>
    /// <param name="graph">The graph that gets the weights.</param>
    /// <exception cref="ModelFileException">A layer would meet its features in another order.</exception>
    public static IEnumerable<string> Check(string file, Graph graph)
    {
        var differences = new PyTorchDifferences(graph);
        differences.RequireFeatureOrder(file);
        return [.. differences.Epsilons(), .. differences.Paddings()];
    }

    // PyTorch lays an image out channel by channel, and a layer that sees all of it has its weights in that order.
    private void RequireFeatureOrder(string file)
    {
        foreach (var operation in _graph.Operations)
        {
            var (input, output) = (operation.Inputs[0], operation.Outputs[0]);
            var flattens = operation.Type is "Flatten" or "Reshape" && IsMixedImage(input) && _channelsLast[input];
            var splits = operation.Type == "Reshape" && IsMixedImage(output) && IsMadeChannelsFirst(output);
            if (flattens || splits)
            {
                throw new ModelFileException(
                    $"{file}: operation {operation.Name} ({operation.Type}) of graph {_graph.Name} "
                        + $"{(flattens ? "reads" : "makes")} an image {_types[flattens ? input : output].Shape} in the order "
                        + "height, width, channels. PyTorch's order is channels, height, width, so weights next to it would "
                        + "meet the wrong features. Put a Conv2D or a pooling layer right before a Flatten, where the order "
                        + "is PyTorch's, or use GlobalAveragePooling2D."
                );
            }
        }
    }

    private IEnumerable<string> Epsilons()
    {
        var others = _graph
            .Operations.Where(operation =>
                operation.Type == "BatchNormalization" && operation.Float("epsilon", PyTorchEpsilon) != PyTorchEpsilon
            )
            .Select(operation => operation.Name)
            .ToArray();
        return others.Length == 0
            ? []
            :
            [
                $"PyTorch's batch normalization adds an epsilon of 1e-5 unless told otherwise, and a file of weights does not "
                    + $"say. The graph has another one in {NameList.Of(others)}: check it.",
            ];
    }

    private IEnumerable<string> Paddings()
    {
        var others = _graph
            .Operations.Where(operation =>
                operation.Type is "Conv" or "MaxPool" or "AveragePool"
                && Window.Of(
                    operation,
                    _types[operation.Inputs[0]].Shape,
                    operation.Type == "Conv" ? _types[operation.Inputs[1]].Shape : null
                )
                    is var window
                && (
                    window.Vertical.PadBegin != window.Vertical.PadEnd
                    || window.Horizontal.PadBegin != window.Horizontal.PadEnd
                )
            )
            .Select(operation => operation.Name)
            .ToArray();
        return others.Length == 0
            ? []
            :
            [
                $"PyTorch pads both sides alike, and the graph pads more at one side in {NameList.Of(others)}: answers will "
                    + "differ near the edges.",
            ];
    }

    private bool IsImage(string value) => _types.TryGetValue(value, out var type) && type.Shape.Rank == 4;

    // With one channel or one pixel both orders are the same.
    private bool IsMixedImage(string value) =>
        IsImage(value) && _types[value].Shape is var shape && !IsOne(shape[3]) && !(IsOne(shape[1]) && IsOne(shape[2]));

    private static bool IsOne(Dimension dimension) => dimension.IsFixed && dimension.Length == 1;

    private bool IsMadeChannelsFirst(string value) =>
        _graph.Operations.Any(operation =>
            operation.Type == "Transpose" && operation.Inputs[0] == value && Perm(operation).SequenceEqual([0, 3, 1, 2])
        );

    private static ImmutableArray<long> Perm(Operation operation) => operation.Ints("perm");

    private static bool IsSpatial(Operation operation) =>
        operation.Type is "Conv" or "MaxPool" or "AveragePool" or "GlobalAveragePool"
        || (operation.Type == "BatchNormalization");
}
