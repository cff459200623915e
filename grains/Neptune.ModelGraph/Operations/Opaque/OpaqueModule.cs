using System.Collections.Immutable;
using Neptune.ModelGraph.Operations;

namespace Neptune.ModelGraph;

/// <summary>Graphs of one operation that is a whole model of TorchScript, run by libtorch for inference alone.</summary>
public static class OpaqueModule
{
    /// <summary>The operation's type.</summary>
    public const string Type = "TorchScriptModule";

    /// <summary>The most tensors that a module gives.</summary>
    public const int MostOutputs = 64;

    /// <summary>The parameter that holds the archive.</summary>
    public const string Archive = "archive";

    /// <summary>True where the graph is such a module.</summary>
    public static bool Is(Graph graph) => graph.Operations is [{ Type: Type }];

    /// <summary>A module whose outputs are not known yet: <see cref="Describe"/> tells them.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="input">The one input.</param>
    /// <param name="outputs">How many tensors it gives.</param>
    /// <param name="archiveBytes">The length of the archive, which is the value of parameter <see cref="Archive"/>.</param>
    public static Graph Of(string name, ValueSignature input, int outputs, long archiveBytes)
    {
        ImmutableArray<string> names =
        [
            .. Enumerable.Range(0, outputs).Select(i => outputs == 1 ? "output" : $"output_{i}"),
        ];
        return new()
        {
            Name = name,
            Inputs = [input],
            Outputs = [.. names.Select(output => new ValueSignature(output, ElementType.Float32, Shape.Unknown))],
            Operations =
            [
                new()
                {
                    Name = "module",
                    Type = Type,
                    Inputs = [Archive, input.Name],
                    Outputs = names,
                },
            ],
            Parameters =
            [
                new()
                {
                    Name = Archive,
                    Shape = Shape.Of(archiveBytes),
                    Type = ElementType.UInt8,
                    Initializer = Initializer.Zeros,
                    Trainable = false,
                },
            ],
        };
    }

    /// <summary>The same with its outputs' types and shapes, as two runs gave them.</summary>
    /// <param name="graph">A module.</param>
    /// <param name="runs">The number of samples and the outputs of each of two runs, of unlike numbers of samples.</param>
    public static Graph Describe(
        Graph graph,
        params ReadOnlySpan<(long Rows, ImmutableArray<TensorValue> Outputs)> runs
    )
    {
        var (first, second) = (runs[0], runs[1]);
        var lengths = ImmutableArray.CreateBuilder<long>();
        for (var output = 0; output < first.Outputs.Length; output++)
        {
            var (a, b) = (first.Outputs[output], second.Outputs[output]);
            if (a.Type != b.Type || a.Shape.Rank != b.Shape.Rank)
            {
                throw new GraphException(
                    $"Graph {graph.Name} gives {a.Type} {a.Shape} for {first.Rows} samples and {b.Type} {b.Shape} for "
                        + $"{second.Rows}. The type and number of dimensions must not depend on the input."
                );
            }
            lengths.AddRange(
                a.Shape.ToArray()
                    .Zip(
                        b.Shape.ToArray(),
                        (x, y) =>
                            x == first.Rows && y == second.Rows ? TorchScriptModule.Batch
                            : x == y ? x
                            : TorchScriptModule.Any
                    )
            );
        }
        var operation = graph.Operations[0];
        operation = operation with
        {
            Attributes = operation
                .Attributes.SetItem(
                    "types",
                    new AttributeValue.Texts([.. first.Outputs.Select(value => value.Type.ToString())])
                )
                .SetItem("ranks", new AttributeValue.Ints([.. first.Outputs.Select(value => (long)value.Shape.Rank)]))
                .SetItem("lengths", new AttributeValue.Ints(lengths.ToImmutable())),
        };
        var described = graph with { Operations = [operation] };
        var types = GraphShapes.Infer(described);
        return described with
        {
            Outputs =
            [
                .. graph.Outputs.Select(output =>
                    output with
                    {
                        Type = types[output.Name].Type,
                        Shape = types[output.Name].Shape,
                    }
                ),
            ],
        };
    }
}
