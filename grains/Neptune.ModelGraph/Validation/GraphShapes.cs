using System.Collections.Immutable;
using Neptune.ModelGraph.Operations;

namespace Neptune.ModelGraph;

/// <summary>Finds the type and shape of every value of a graph, without running it.</summary>
public static class GraphShapes
{
    /// <summary>Types and shapes by name: of inputs, parameters and all operations' outputs.</summary>
    /// <exception cref="GraphException">
    /// An operator or attribute is unknown, a value is missing or made twice, or shapes do not fit; the message names the
    /// operation, the shapes and the remedy.
    /// </exception>
    public static ImmutableDictionary<string, TensorType> Infer(Graph graph)
    {
        OperationRegistry.RequireKnown(graph.Operations);
        var values = ImmutableDictionary.CreateBuilder<string, TensorType>(StringComparer.Ordinal);
        foreach (var input in graph.Inputs)
        {
            Add(values, input.Name, new(input.Type, input.Shape), "An input");
        }
        foreach (var parameter in graph.Parameters)
        {
            Add(values, parameter.Name, new(parameter.Type, parameter.Shape), "A parameter");
        }
        var known = new Dictionary<string, KnownElements>(StringComparer.Ordinal);
        foreach (var operation in graph.Operations)
        {
            var types = OperationInference.Infer(operation, values, known);
            for (var i = 0; i < operation.Outputs.Length; i++)
            {
                if (operation.Outputs[i].Length > 0)
                {
                    Add(
                        values,
                        operation.Outputs[i],
                        types[i],
                        $"Operation {operation.Name} ({operation.Type}) makes a value that"
                    );
                }
            }
        }
        return values.ToImmutable();
    }

    private static void Add(
        ImmutableDictionary<string, TensorType>.Builder values,
        string name,
        TensorType type,
        string what
    )
    {
        if (!values.TryAdd(name, type))
        {
            throw new GraphException($"{what} is called {name}, and so is another value. Names must be unique.");
        }
    }
}
