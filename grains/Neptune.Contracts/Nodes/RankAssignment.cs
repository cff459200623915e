namespace Neptune.Contracts;

/// <summary>What a node is given: its rank of a generation, or the order to get ready for the next one.</summary>
[GenerateSerializer, Immutable, Alias("neptune.rank-assignment")]
public sealed record RankAssignment
{
    /// <summary>What to train.</summary>
    [Id(0)]
    public required JobSpec Spec { get; init; }

    /// <summary>The newest membership. Where the node is no member of it, it loads graph and data and waits to be taken in.</summary>
    [Id(1)]
    public required Generation Generation { get; init; }

    /// <summary>The node.</summary>
    [Id(5)]
    public required NodeId Node { get; init; }

    /// <summary>The key of the ShardGrain to report to; null for a node that is no member yet.</summary>
    [Id(3)]
    public string? Parent { get; init; }

    /// <summary>Counts the job's starts from its spec or a package; a rank goes on through all generations of one.</summary>
    [Id(2)]
    public int Attempt { get; init; }

    /// <summary>The data set's version that the job is pinned to.</summary>
    [Id(4)]
    public required DatasetInfo Dataset { get; init; }
}
