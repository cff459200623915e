using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>Takes out operations that give what they read: readers read what those read.</summary>
internal static class IdentityRemoval
{
    /// <summary>Changes the graph.</summary>
    /// <returns>How many operations are gone.</returns>
    public static int Apply(GraphRewrite graph)
    {
        var removed = 0;
        foreach (var operation in graph.Operations)
        {
            var output = operation.Outputs[0];
            // The mask of a Dropout may be read, and a caller's value keeps its name.
            if (
                (operation.Type != "Identity" && !OperationRegistry.IsTrainingOnly(operation.Type))
                || operation.Outputs.Skip(1).Any(name => name.Length > 0)
                || graph.IsOutput(output)
                || graph.IsStatistic(output)
            )
            {
                continue;
            }
            foreach (var reader in graph.ReadersOf(output).ToArray())
            {
                ImmutableArray<string> inputs =
                [
                    .. reader.Inputs.Select(name => name == output ? operation.Inputs[0] : name),
                ];
                graph.Replace(reader, reader with { Inputs = inputs });
            }
            graph.Replace(operation, null);
            removed++;
        }
        return removed;
    }
}
