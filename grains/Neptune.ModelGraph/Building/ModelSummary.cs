using System.Collections.Immutable;
using System.Text;

namespace Neptune.ModelGraph;

/// <summary>A graph as people read it: layers, output shapes, numbers of parameters.</summary>
public sealed record ModelSummary
{
    // These leave the layout of an image as it is; convolutions and poolings make it channels-first.
    private static readonly string[] KeepLayout =
    [
        "Add",
        "Mul",
        "Relu",
        "Sigmoid",
        "Tanh",
        "Softmax",
        "LogSoftmax",
        "Dropout",
        "Identity",
        "BatchNormalization",
        "Concat",
    ];

    private static readonly string[] Spatial =
    [
        "Conv",
        "ConvTranspose",
        "MaxPool",
        "AveragePool",
        "GlobalAveragePool",
        "GroupNormalization",
        "Resize",
    ];

    /// <summary>The graph's name.</summary>
    public required string Name { get; init; }

    /// <summary>What a caller gives.</summary>
    public required ImmutableArray<ValueSignature> Inputs { get; init; }

    /// <summary>
    /// The layers in order. Operations named <c>layer.x</c> right behind <c>layer</c> belong to it; transposes that only
    /// change an image's layout are left out, and so are constants.
    /// </summary>
    public required ImmutableArray<LayerSummary> Layers { get; init; }

    /// <summary>Elements of all weights and buffers.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Elements that the optimizer changes.</summary>
    public required long TrainableCount { get; init; }

    /// <summary>The summary of <paramref name="graph"/>.</summary>
    /// <exception cref="GraphException">The graph is not valid.</exception>
    public static ModelSummary Of(Graph graph)
    {
        var types = GraphShapes.Infer(graph);
        var uncounted = graph.Parameters.ToDictionary(p => p.Name, p => p.Shape.ElementCount(), StringComparer.Ordinal);
        var channelsFirst = new HashSet<string>(StringComparer.Ordinal);
        var layers = new List<LayerSummary>();
        foreach (var operation in graph.Operations)
        {
            var output = operation.Outputs[0];
            if (operation.Type == "Constant" || IsLayoutChange(operation, channelsFirst))
            {
                continue;
            }
            if (
                Spatial.Contains(operation.Type)
                || (KeepLayout.Contains(operation.Type) && operation.Inputs.Any(channelsFirst.Contains))
            )
            {
                channelsFirst.Add(output);
            }
            var parameters = operation.Inputs.Sum(name => uncounted.Remove(name, out var count) ? count : 0);
            var shape = Seen(types[output].Shape, channelsFirst.Contains(output));
            if (layers.Count > 0 && operation.Name.StartsWith(layers[^1].Name + ".", StringComparison.Ordinal))
            {
                var layer = layers[^1];
                layers[^1] = new(
                    layer.Name,
                    $"{layer.Operations} + {operation.Type}",
                    shape,
                    layer.ParameterCount + parameters
                );
            }
            else
            {
                layers.Add(new(operation.Name, operation.Type, shape, parameters));
            }
        }
        return new()
        {
            Name = graph.Name,
            Inputs = graph.Inputs,
            Layers = [.. layers],
            ParameterCount = graph.Parameters.Sum(p => p.Shape.ElementCount()),
            TrainableCount = graph.TrainableElementCount,
        };
    }

    /// <summary>A table in plain text, as Keras's <c>model.summary()</c>.</summary>
    public override string ToString()
    {
        string[] head = ["Layer", "Operations", "Output shape", "Parameters"];
        var rows = Layers
            .Select(layer =>
                (string[])[layer.Name, layer.Operations, layer.OutputShape.ToString(), $"{layer.ParameterCount:N0}"]
            )
            .Prepend(head)
            .ToArray();
        var widths = Enumerable.Range(0, head.Length).Select(i => rows.Max(row => row[i].Length)).ToArray();
        var text = new StringBuilder().Append(Name).Append(": ").AppendJoin(", ", Inputs).Append('\n');
        foreach (var row in rows)
        {
            text.AppendJoin("  ", row.Select((cell, i) => i == 3 ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i])));
            text.Append('\n');
        }
        return text.Append($"{ParameterCount:N0} parameters, {TrainableCount:N0} of them trainable").ToString();
    }

    private static bool IsLayoutChange(Operation operation, HashSet<string> channelsFirst)
    {
        if (operation.Type != "Transpose")
        {
            return false;
        }
        var perm = operation.Ints("perm");
        if (perm.SequenceEqual([0, 3, 1, 2]))
        {
            channelsFirst.Add(operation.Outputs[0]);
            return true;
        }
        return perm.SequenceEqual([0, 2, 3, 1]) && channelsFirst.Contains(operation.Inputs[0]);
    }

    private static Shape Seen(Shape shape, bool channelsFirst) =>
        channelsFirst && shape.Rank == 4 ? new(shape[0], shape[2], shape[3], shape[1]) : shape;
}
