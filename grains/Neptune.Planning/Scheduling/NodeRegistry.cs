using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>The silos that are there and their nodes: what the scheduler persists of them.</summary>
[GenerateSerializer, Immutable, Alias("neptune.node-registry")]
public sealed record NodeRegistry
{
    /// <summary>The silos, by name.</summary>
    [Id(0)]
    public ImmutableArray<SiloDescription> Silos { get; init; } = [];

    /// <summary>All their nodes, by name, with the job that holds each.</summary>
    [Id(1)]
    public ImmutableArray<NodeInfo> Nodes { get; init; } = [];

    /// <summary>A changed registry, and the nodes that jobs have lost by the change.</summary>
    public sealed record Outcome(NodeRegistry Registry, params ImmutableArray<(JobId Job, NodeId Node)> Bereft);

    /// <summary>
    /// What a silo announces replaces all that it announced before: it may own fewer devices now. The same start of a
    /// silo keeps its nodes' jobs; another start has lost them. Drained nodes stay drained.
    /// </summary>
    public Outcome Register(SiloDescription silo)
    {
        var known = Silos.FirstOrDefault(s => s.Name == silo.Name);
        var isSameStart = known?.Silo == silo.Silo;
        var (registry, bereft) = known is null || isSameStart ? new(this) : Remove(known.Name, known.Silo);
        var before = Nodes.ToDictionary(n => n.Id);
        var nodes = silo.Nodes.Select(n =>
            n with
            {
                Job = isSameStart ? before.GetValueOrDefault(n.Id)?.Job : null,
                IsDrained = before.GetValueOrDefault(n.Id)?.IsDrained ?? false,
                Fault = before.GetValueOrDefault(n.Id)?.Fault,
            }
        );
        return new(
            new()
            {
                Silos =
                [
                    .. registry
                        .Silos.Where(s => s.Name != silo.Name)
                        .Append(silo with { Nodes = [] })
                        .OrderBy(s => s.Name, StringComparer.Ordinal),
                ],
                Nodes =
                [
                    .. registry
                        .Nodes.Where(n => n.Id.Host != silo.Name)
                        .Concat(nodes)
                        .OrderBy(n => n.Id.Value, StringComparer.Ordinal),
                ],
            },
            bereft
        );
    }

    /// <summary>A start of a silo has ended; nothing changes where another one has taken its name since.</summary>
    public Outcome Remove(string name, string silo) =>
        Silos.Any(s => s.Name == name && s.Silo == silo)
            ? new(
                new() { Silos = Silos.RemoveAll(s => s.Name == name), Nodes = Nodes.RemoveAll(n => n.Id.Host == name) },
                [
                    .. Nodes
                        .Where(n => n.Id.Host == name && n.Job is not null)
                        .Select(n => (n.Job.GetValueOrDefault(), n.Id)),
                ]
            )
            : new(this);

    /// <summary>Takes nodes for jobs, or gives them back.</summary>
    public NodeRegistry Assign(Func<NodeInfo, JobId?> job) =>
        this with
        {
            Nodes = [.. Nodes.Select(n => n with { Job = job(n) })],
        };

    /// <summary>A node gets no new jobs, or gets them again.</summary>
    public NodeRegistry Drain(NodeId node, bool drained) =>
        this with
        {
            Nodes = [.. Nodes.Select(n => n.Id == node ? n with { IsDrained = drained, Fault = null } : n)],
        };

    /// <summary>A node that computes wrongly gets no new jobs.</summary>
    public NodeRegistry Fence(NodeId node, string fault) =>
        this with
        {
            Nodes = [.. Nodes.Select(n => n.Id == node ? n with { IsDrained = true, Fault = fault } : n)],
        };

    /// <summary>A node that was fenced for this gets jobs again; one that is fenced for another fault does not.</summary>
    public NodeRegistry Pardon(NodeId node, string fault) =>
        Nodes.Any(n => n.Id == node && n.Fault == fault) ? Drain(node, drained: false) : this;
}
