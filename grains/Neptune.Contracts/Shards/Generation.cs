using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>One immutable membership of a job: its ranks in order, and the token that links must prove.</summary>
[GenerateSerializer, Immutable, Alias("neptune.generation")]
public sealed record Generation
{
    /// <summary>The job.</summary>
    [Id(0)]
    public required JobId Job { get; init; }

    /// <summary>Its number, from 1, one more at each change.</summary>
    [Id(1)]
    public required int Number { get; init; }

    /// <summary>The ranks in order; their ranges cover all shards.</summary>
    [Id(2)]
    public required ImmutableArray<RankPlacement> Ranks { get; init; }

    /// <summary>Known to this generation's members only.</summary>
    [Id(3)]
    public required string Token { get; init; }

    /// <summary>The number of ranks.</summary>
    public int WorldSize => Ranks.Length;
}
