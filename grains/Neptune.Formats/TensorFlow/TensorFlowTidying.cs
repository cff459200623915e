using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Takes out of a translated graph what nothing reads, and identities that only name an output.</summary>
internal static class TensorFlowTidying
{
    /// <summary>The same graph with no more operations and parameters than it needs.</summary>
    public static Graph Of(Graph graph)
    {
        var needed = graph.Outputs.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        var kept = new List<Operation>();
        foreach (var operation in graph.Operations.Reverse())
        {
            if (operation.Outputs.Any(needed.Contains))
            {
                needed.UnionWith(operation.Inputs);
                kept.Add(operation);
            }
        }
        kept.Reverse();
        return graph with
        {
            Operations = [.. WithoutNaming(graph, kept)],
            Parameters = [.. graph.Parameters.Where(p => needed.Contains(p.Name))],
        };
    }

    // An operation that is read by the identity of an output alone gives that output itself.
    private static IEnumerable<Operation> WithoutNaming(Graph graph, List<Operation> operations)
    {
        var outputs = graph.Outputs.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        var made = operations.SelectMany(o => o.Outputs).ToHashSet(StringComparer.Ordinal);
        var reads = operations
            .SelectMany(o => o.Inputs)
            .GroupBy(name => name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var renamed = operations
            .Where(o =>
                o.Type == "Identity"
                && outputs.Contains(o.Outputs[0])
                && made.Contains(o.Inputs[0])
                && !outputs.Contains(o.Inputs[0])
                && reads[o.Inputs[0]] == 1
            )
            .ToDictionary(o => o.Inputs[0], o => o.Outputs[0], StringComparer.Ordinal);
        foreach (var operation in operations)
        {
            if (operation.Type == "Identity" && renamed.GetValueOrDefault(operation.Inputs[0]) == operation.Outputs[0])
            {
                continue;
            }
            yield return operation with
            {
                Outputs = [.. operation.Outputs.Select(name => renamed.GetValueOrDefault(name) ?? name)],
            };
        }
    }
}
