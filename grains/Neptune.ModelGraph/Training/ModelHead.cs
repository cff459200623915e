using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>Finds and replaces a model's last layer with weights.</summary>
internal static class ModelHead
{
    // What may stand between the last layer and the output.
    private static readonly string[] Behind =
    [
        "Add",
        "Dropout",
        "Flatten",
        "Identity",
        "LogSoftmax",
        "Reshape",
        "Sigmoid",
        "Softmax",
        "Squeeze",
    ];

    /// <summary>The graph with a last layer of another number of classes, drawn anew.</summary>
    /// <exception cref="GraphException">Its last layer with weights is none that can be replaced.</exception>
    public static (Graph, ImmutableSortedDictionary<string, TensorValue>) Reset(
        Graph graph,
        ImmutableSortedDictionary<string, TensorValue> weights,
        int classes,
        ulong seed
    )
    {
        if (classes < 1)
        {
            throw new GraphException($"The head is to have {classes} classes. Ask for at least 1.");
        }
        var (layer, biases) = Find(graph);
        var parameters = graph.Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var weight = parameters[layer.Inputs[1]];
        var axis = layer.Type == "Conv" || layer.Int("transB", 0) != 0 ? 0 : weight.Shape.Rank - 1;
        var inner = weight.Shape.ElementCount() / weight.Shape[axis].Length;
        var replaced = new Dictionary<string, Parameter>(StringComparer.Ordinal)
        {
            [weight.Name] = weight with
            {
                Shape = Resized(weight.Shape, axis, classes),
                Initializer = new Initializer.GlorotUniform(inner, classes),
                Trainable = true,
            },
        };
        foreach (var bias in biases.Select(name => parameters[name]))
        {
            replaced[bias.Name] = bias with
            {
                Shape = Resized(bias.Shape, bias.Shape.Rank - 1, classes),
                Initializer = Initializer.Zeros,
                Trainable = true,
            };
        }
        var changed = graph with
        {
            Parameters = [.. graph.Parameters.Select(p => replaced.GetValueOrDefault(p.Name) ?? p)],
        };
        foreach (var parameter in replaced.Values)
        {
            var values = new float[parameter.Shape.ElementCount()];
            ParameterValues.Fill(parameter, seed, values);
            weights = weights.SetItem(parameter.Name, TensorValue.Of(parameter.Shape, values));
        }
        var types = GraphShapes.Infer(changed);
        return (
            changed with
            {
                Outputs =
                [
                    .. changed.Outputs.Select(o => new ValueSignature(o.Name, types[o.Name].Type, types[o.Name].Shape)),
                ],
            },
            weights
        );
    }

    private static (Operation, List<string> Biases) Find(Graph graph)
    {
        var names = graph.Parameters.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var biases = new List<string>();
        var value = graph.Outputs[0].Name;
        while (true)
        {
            var operation =
                graph.Operations.FirstOrDefault(o => o.Outputs.Contains(value))
                ?? throw Error(graph, "has no last layer with weights");
            if (
                operation.Type is "Gemm" or "MatMul" or "Conv"
                && operation.Inputs.Length > 1
                && names.Contains(operation.Inputs[1])
            )
            {
                biases.AddRange(operation.Inputs.Skip(2).Where(names.Contains));
                RequireOwn(graph, [operation.Inputs[1], .. biases]);
                return (operation, biases);
            }
            if (!Behind.Contains(operation.Type))
            {
                throw Error(graph, $"ends in {operation.Name} ({operation.Type}), which is no layer of classes");
            }
            biases.AddRange(operation.Inputs.Where(names.Contains));
            value = operation.Inputs.First(name => !names.Contains(name));
        }
    }

    // A weight that another layer reads too cannot change its shape.
    private static void RequireOwn(Graph graph, IEnumerable<string> parameters)
    {
        foreach (var name in parameters)
        {
            if (graph.Operations.Count(o => o.Inputs.Contains(name)) != 1)
            {
                throw Error(graph, $"shares {name} between layers");
            }
        }
    }

    private static Shape Resized(Shape shape, int axis, int length) =>
        shape.Rank == 0 ? Shape.Of(length) : new(shape.Dimensions.SetItem(axis, length));

    private static GraphException Error(Graph graph, string why) =>
        new(
            $"The head of {graph.Name} cannot be reset: the model {why}. Train it with its own classes, without a new head."
        );
}
