using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>Puts before a graph what data of another layout needs.</summary>
internal static class InputAdapter
{
    /// <summary>The graph, taking samples of that shape.</summary>
    /// <exception cref="GraphException">The sample has another number of elements.</exception>
    public static Graph Adapt(Graph graph, Shape sample)
    {
        var input = graph.Inputs[0];
        var wanted = input.Shape.WithoutFirst();
        if (wanted == sample && !ImageLayout.IsChannelsFirst(graph))
        {
            return graph;
        }
        if (sample.Rank == 3 && ImageLayout.IsChannelsFirst(graph) && Fits(wanted, sample[2], sample[0], sample[1]))
        {
            return Insert(graph, sample, "Transpose", ("perm", (long[])[0, 3, 1, 2]));
        }
        if (wanted == sample)
        {
            return graph;
        }
        // A picture of one channel is the same elements in either order.
        if (
            wanted.IsFixed
            && sample.ElementCount() == wanted.ElementCount()
            && (sample.Rank != 3 || sample[2] == 1 || !ImageLayout.IsChannelsFirst(graph))
        )
        {
            return Insert(graph, sample, "Reshape", ("shape", (long[])[0, .. wanted.ToArray()]));
        }
        throw new GraphException(
            $"The model {graph.Name} takes samples of {wanted}"
                + $"{(ImageLayout.IsChannelsFirst(graph) ? " (channels, height, width)" : "")}, and the data has {sample}. "
                + "Import the data with the model's size."
        );
    }

    // A length that the model leaves open fits any.
    private static bool Fits(Shape wanted, params ReadOnlySpan<Dimension> given)
    {
        for (var i = 0; i < given.Length; i++)
        {
            if (wanted[i].IsFixed && wanted[i] != given[i])
            {
                return false;
            }
        }
        return wanted.Rank == given.Length;
    }

    private static Graph Insert(Graph graph, Shape sample, string type, (string Name, AttributeValue Value) setting)
    {
        var input = graph.Inputs[0];
        var names = new FreeNames(graph);
        var name = names.Take("samples");
        var adapter = new Operation
        {
            Name = names.Take($"{input.Name}.adapted"),
            Type = type,
            Inputs = [name],
            Outputs = [input.Name],
            Attributes = ImmutableSortedDictionary<string, AttributeValue>.Empty.Add(setting.Name, setting.Value),
        };
        var adapted = graph with
        {
            Inputs = [new(name, ElementType.Float32, sample.Prepend(Dimension.Batch))],
            Operations = [adapter, .. graph.Operations],
        };
        if (input.Type != ElementType.Float32)
        {
            adapted = graph; // whole numbers are read of float features as they are
        }
        return WithOutputs(adapted);
    }

    // Lengths that were open may be known now.
    private static Graph WithOutputs(Graph graph)
    {
        var types = GraphShapes.Infer(graph);
        return graph with
        {
            Outputs =
            [
                .. graph.Outputs.Select(o => new ValueSignature(o.Name, types[o.Name].Type, types[o.Name].Shape)),
            ],
        };
    }
}
