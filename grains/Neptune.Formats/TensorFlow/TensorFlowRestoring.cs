using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>
/// Reads the nodes that restore a graph's variables: RestoreV2 names the keys, and each of its outputs is assigned to a
/// variable, in the graph itself or in a function that gets the variables as arguments.
/// </summary>
internal static class TensorFlowRestoring
{
    private const int MostSteps = 16; // between what is read and what is assigned

    /// <summary>The checkpoint's key of each variable, by the name of the node that makes the variable.</summary>
    public static Dictionary<string, string> KeysOf(TensorFlowGraph graph)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (variable, key) in Assigned(graph.ByName))
        {
            keys.TryAdd(variable, key);
        }
        var bodies = graph
            .Functions.Values.Select(f => (f.Name, Keys: Assigned(f.Nodes).ToArray()))
            .Where(f => f.Keys.Length > 0)
            .ToDictionary(f => f.Name, f => f.Keys, StringComparer.Ordinal);
        foreach (var call in graph.Nodes)
        {
            if (
                call.Attributes.GetValueOrDefault("f")?.Function is not { } name
                || !bodies.TryGetValue(name, out var assigned)
            )
            {
                continue;
            }
            var arguments = graph.Functions[name].Arguments;
            foreach (var (argument, key) in assigned)
            {
                var place = arguments.IndexOf(argument);
                if (place >= 0 && place < call.Inputs.Length)
                {
                    keys.TryAdd(NameOf(call.Inputs[place]), key);
                }
            }
        }
        return keys;
    }

    private static IEnumerable<(string Variable, string Key)> Assigned(
        IReadOnlyDictionary<string, TensorFlowNode> nodes
    )
    {
        foreach (var node in nodes.Values)
        {
            if (
                node is { Op: "Assign" or "AssignVariableOp", Inputs.Length: >= 2 }
                && KeyOf(nodes, node.Inputs[1]) is { } key
            )
            {
                yield return (NameOf(node.Inputs[0]), key);
            }
        }
    }

    private static string? KeyOf(IReadOnlyDictionary<string, TensorFlowNode> nodes, string input)
    {
        for (var i = 0; i < MostSteps && nodes.TryGetValue(NameOf(input), out var node); i++)
        {
            if (node.Op == "RestoreV2" && node.Inputs.Length > 1)
            {
                var place =
                    input.LastIndexOf(':') is > 0 and var colon && int.TryParse(input.AsSpan(colon + 1), out var number)
                        ? number
                        : 0;
                var names = NamesOf(nodes, node.Inputs[1]);
                return place < names.Length ? names[place] : null;
            }
            if (node.Inputs.IsEmpty || node.Op != "Identity")
            {
                return null;
            }
            input = node.Inputs[0];
        }
        return null;
    }

    private static ImmutableArray<string> NamesOf(IReadOnlyDictionary<string, TensorFlowNode> nodes, string input) =>
        nodes.TryGetValue(NameOf(input), out var node)
        && node.Attributes.GetValueOrDefault("value")?.Tensor is { } tensor
            ? TensorFlowTensors.ToTexts(tensor)
            : [];

    private static string NameOf(string input) => input.Split(':')[0].TrimStart('^');
}
