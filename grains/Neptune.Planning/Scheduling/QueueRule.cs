using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>
/// First come, first served, all nodes that a job needs at once, and more where they are free. The head of the queue is never overtaken: a small job behind a
/// big one waits, so the big one gets its nodes.
/// </summary>
public static class QueueRule
{
    /// <summary>What the scheduler does next.</summary>
    /// <param name="Grants">Jobs that get their nodes now.</param>
    /// <param name="Waits">Jobs that stay, with the reason.</param>
    /// <param name="Left">The queue afterwards.</param>
    public sealed record Decision(
        ImmutableArray<(QueuedJob Job, ImmutableArray<NodeInfo> Nodes)> Grants,
        ImmutableArray<(QueuedJob Job, string Reason)> Waits,
        ImmutableArray<QueuedJob> Left
    );

    /// <summary>Decides over the queue, oldest first, and the nodes with the jobs that hold them.</summary>
    public static Decision Decide(ImmutableArray<QueuedJob> queue, ImmutableArray<NodeInfo> nodes)
    {
        var all = nodes;
        nodes = [.. nodes.Where(n => !n.IsDrained)];
        var free = nodes.Where(n => n.Job is null).OrderBy(n => n.Id.Value, StringComparer.Ordinal).ToList();
        var grants = ImmutableArray.CreateBuilder<(QueuedJob, ImmutableArray<NodeInfo>)>();
        var waits = ImmutableArray.CreateBuilder<(QueuedJob, string)>();
        var left = ImmutableArray.CreateBuilder<QueuedJob>();
        QueuedJob? blocker = null;
        foreach (var job in queue.Where(job => !job.Grows))
        {
            if (blocker is not null)
            {
                waits.Add(
                    (job, $"waits behind {blocker.Job}, which came first and needs {NodeCount.InWords(blocker.Needs)}")
                );
                left.Add(job);
                continue;
            }
            var kind = KindFor(job, free);
            if (kind.Length < job.Needs)
            {
                blocker = job;
                waits.Add((job, ReasonFor(job, nodes, free, all.Count(n => n.Fault is not null))));
                left.Add(job);
                continue;
            }
            free.RemoveAll(kind.Contains);
            grants.Add((job, kind));
        }
        foreach (var job in queue.Where(job => job.Grows))
        {
            // What runs already takes what nobody waits for.
            var given = blocker is null ? MoreFor(job, all, free) : [];
            free.RemoveAll(given.Contains);
            if (given.Length > 0)
            {
                grants.Add((job, given));
            }
            if (given.Length < job.Nodes)
            {
                left.Add(job with { Nodes = job.Nodes - given.Length });
            }
        }
        return new(grants.ToImmutable(), waits.ToImmutable(), left.ToImmutable());
    }

    // Free nodes of equal numerics, where so many are: of those that have enough the first, else the most.
    private static ImmutableArray<NodeInfo> KindFor(QueuedJob job, List<NodeInfo> free)
    {
        var able = free.Where(n => ModuleRules.HasAll(n, job.Modules)).ToArray();
        var most = able.GroupBy(n => n.NumericsFingerprint, StringComparer.Ordinal)
            .OrderByDescending(g => Math.Min(g.Count(), job.Nodes))
            .ThenBy(g => g.Key, StringComparer.Ordinal)
            .FirstOrDefault();
        var kind = job.MixedNumerics && !(most?.Count() >= job.Nodes) ? able : most?.AsEnumerable() ?? [];
        return [.. kind.Take(job.Nodes)];
    }

    private static ImmutableArray<NodeInfo> MoreFor(QueuedJob job, ImmutableArray<NodeInfo> all, List<NodeInfo> free)
    {
        var numerics = all.Where(n => n.Job == job.Job)
            .Select(n => n.NumericsFingerprint)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. free.Where(n => job.MixedNumerics || numerics.Contains(n.NumericsFingerprint))
                .Where(n => ModuleRules.HasAll(n, job.Modules))
                .Take(job.Nodes),
        ];
    }

    private static string ReasonFor(QueuedJob job, ImmutableArray<NodeInfo> nodes, List<NodeInfo> free, int fenced)
    {
        if (nodes.IsEmpty)
        {
            var why = fenced == 0 ? "" : $", and {NodeCount.InWords(fenced)} fenced for computing wrongly";
            return $"needs {NodeCount.InWords(job.Needs)}, and the cluster has none that takes jobs{why}: start a silo, or "
                + "resume a drained node";
        }
        if (ModuleRules.Shortage(job.Modules, job.Needs, nodes) is { } shortage)
        {
            return shortage;
        }
        nodes = [.. nodes.Where(n => ModuleRules.HasAll(n, job.Modules))];
        free = [.. free.Where(nodes.Contains)];
        if (job.MixedNumerics && nodes.Length >= job.Needs)
        {
            return $"needs {NodeCount.InWords(job.Needs)}, and {free.Count} of {nodes.Length} are free";
        }
        var kinds = nodes
            .GroupBy(n => n.NumericsFingerprint, StringComparer.Ordinal)
            .Select(kind => (Count: kind.Count(), Free: kind.Count(free.Contains)))
            .ToArray();
        var most = kinds.Max(kind => kind.Count);
        if (most < job.Needs)
        {
            return most == nodes.Length
                ? $"needs {NodeCount.InWords(job.Needs)}, and the cluster has {most}: ask for at most {most}, or add nodes"
                : $"needs {NodeCount.InWords(job.Needs)} of equal numerics, and the cluster has at most {most} such: "
                    + $"ask for at most {most}, add nodes of one kind, start all silos with --portable-numerics, or train "
                    + "with --mixed-numerics";
        }
        var nearest = kinds.Where(kind => kind.Count >= job.Needs).MaxBy(kind => kind.Free);
        return $"needs {NodeCount.InWords(job.Needs)} of equal numerics, and {nearest.Free} of {nearest.Count} such are free";
    }
}
