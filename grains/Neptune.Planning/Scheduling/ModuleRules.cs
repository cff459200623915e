using System.Collections.Immutable;
using System.Text;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Planning;

/// <summary>Which nodes have the users' modules that a job runs.</summary>
public static class ModuleRules
{
    // The nodes that a message tells of; the others are as many again.
    private const int MostTold = 8;

    /// <summary>The modules that a job runs.</summary>
    /// <exception cref="GraphException">The graph is not valid.</exception>
    public static ImmutableArray<NodeModule> Of(JobSpec spec) =>
        Of(GraphJson.ReadTraining(Encoding.UTF8.GetBytes(spec.TrainingGraphJson)).Graph);

    /// <summary>The modules that a graph runs.</summary>
    public static ImmutableArray<NodeModule> Of(Graph graph) =>
        [.. ModuleRef.In(graph).Select(m => new NodeModule(m.Name, m.Version, m.Sha256))];

    /// <summary>True where a node has them all, each of that name, version and assembly.</summary>
    public static bool HasAll(NodeInfo node, ImmutableArray<NodeModule> modules) =>
        modules.IsDefaultOrEmpty || modules.All(node.Modules.Contains);

    /// <summary>Refuses a job that no node could run. Where there are no nodes, nothing is known: it waits for some.</summary>
    /// <exception cref="JobRejectedException">A module is on no node; the message says what they have.</exception>
    public static void Check(ImmutableArray<NodeModule> modules, ImmutableArray<NodeInfo> nodes)
    {
        if (!nodes.IsEmpty && modules.FirstOrDefault(m => !nodes.Any(n => n.Modules.Contains(m))) is { } missing)
        {
            throw new JobRejectedException(
                $"The job cannot run: it needs module {missing}, which no node has: {WhatTheyHave(missing, nodes)}. Start silos "
                    + "with its assembly (--modules)."
            );
        }
    }

    /// <summary>Why too few nodes can run a job, such as <c>needs module my-net 1.2 on 3 nodes, ...</c>; null where enough can.</summary>
    /// <param name="modules">The modules that it runs.</param>
    /// <param name="needs">How many nodes it needs.</param>
    /// <param name="nodes">The nodes that take jobs.</param>
    public static string? Shortage(ImmutableArray<NodeModule> modules, int needs, ImmutableArray<NodeInfo> nodes)
    {
        var able = nodes.Count(n => HasAll(n, modules));
        if (able >= needs || able == nodes.Length)
        {
            return null;
        }
        var without = nodes.RemoveAll(n => HasAll(n, modules));
        var missing = modules.First(m => without.Any(n => !n.Modules.Contains(m)));
        return $"needs module {missing} on {NodeCount.InWords(needs)}, and {NodeCount.InWords(able)} of {nodes.Length} "
            + $"{(able == 1 ? "has" : "have")} all that it needs: {WhatTheyHave(missing, without)}. Start their silos with its "
            + $"assembly (--modules){(able > 0 ? $", or ask for at most {able}" : "")}";
    }

    private static string WhatTheyHave(NodeModule wanted, ImmutableArray<NodeInfo> nodes)
    {
        var lacking = nodes.Where(n => !n.Modules.Contains(wanted)).ToArray();
        var told = lacking.Take(MostTold).Select(n => $"node {n.Id} has {WhatItHas(wanted, n)}");
        return string.Join(", ", told) + (lacking.Length > MostTold ? $" and {lacking.Length - MostTold} more" : "");
    }

    private static string WhatItHas(NodeModule wanted, NodeInfo node)
    {
        var same = node.Modules.Where(m => m.Name == wanted.Name).ToArray();
        return same.Length == 0 ? "none"
            : same.FirstOrDefault(m => m.Version == wanted.Version) is { } built ? $"{built}, another assembly"
            : string.Join(" and ", same.Select(m => $"{m.Name} {m.Version}"));
    }
}
