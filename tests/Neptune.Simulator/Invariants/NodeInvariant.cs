using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Simulator;

/// <summary>(7) A node works for one job at a time; when it is quiet, the registry says for which.</summary>
internal sealed class NodeInvariant(World world)
{
    private const string Name = "a node works for one job at a time";

    /// <summary>A node starts a rank.</summary>
    public void Starts(Node node, RankAssignment assignment)
    {
        if (node.Run is { Completion.IsSet: false } run)
        {
            throw new InvariantViolatedException(
                Name,
                $"{node} starts for {assignment.Generation.Job}, and works for {run.Training.Job}"
            );
        }
    }

    /// <summary>The scheduler is about to grant nodes.</summary>
    public void Granted(NodeRegistry registry, QueueRule.Decision decision)
    {
        var held = registry.Nodes.Where(n => n.Job is not null).ToDictionary(n => n.Id, n => n.Job);
        foreach (var node in decision.Grants.SelectMany(g => g.Nodes))
        {
            if (!held.TryAdd(node.Id, null))
            {
                throw new InvariantViolatedException(Name, $"{node.Id} is granted, and works for {held[node.Id]}");
            }
        }
    }

    /// <summary>It is quiet.</summary>
    public void Settled()
    {
        foreach (var known in world.Scheduler.Registry.Nodes)
        {
            var run = world.NodeOf(known.Id).Run is { Completion.IsSet: false } busy ? busy : null;
            if (known.Job != run?.Training.Job && (known.Job is not null || run!.Generation is not null))
            {
                throw new InvariantViolatedException(
                    "registry and ranks agree when it is quiet",
                    $"{known.Id} is registered for {known.Job?.ToString() ?? "no job"}, and works for "
                        + (run?.Training.Job.ToString() ?? "none")
                );
            }
        }
    }
}
