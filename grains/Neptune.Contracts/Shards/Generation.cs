using System.Collections.Immutable;
using System.Security.Cryptography;

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

    /// <summary>The ranks in order; their ranges cover all shards. None once the job trains no more.</summary>
    [Id(2)]
    public required ImmutableArray<RankPlacement> Ranks { get; init; }

    /// <summary>Known to this generation's members only.</summary>
    [Id(3)]
    public required string Token { get; init; }

    /// <summary>What training goes on from; null begins as the spec says.</summary>
    [Id(4)]
    public TrainingVersion? From { get; init; }

    /// <summary>The nodes whose replicas are at <see cref="From"/>; all others fetch the state from them.</summary>
    [Id(5)]
    public ImmutableArray<NodeId> Holders { get; init; } = [];

    /// <summary>Why it began.</summary>
    [Id(6)]
    public string Cause { get; init; } = "";

    /// <summary>Nodes that are new in it.</summary>
    [Id(7)]
    public ImmutableArray<NodeId> Joined { get; init; } = [];

    /// <summary>Nodes of the one before that are not in it.</summary>
    [Id(8)]
    public ImmutableArray<Departure> Left { get; init; } = [];

    /// <summary>When it was decided, by the clock of who decided it.</summary>
    [Id(9)]
    public DateTimeOffset At { get; init; }

    /// <summary>
    /// Which start of the job from its spec or a package it belongs to: ranks of an earlier one have another state, and end.
    /// </summary>
    [Id(10)]
    public int Attempt { get; init; }

    /// <summary>Where it is dissolved because something was computed wrongly: what to go back to.</summary>
    [Id(11)]
    public RollBack? RollBack { get; init; }

    /// <summary>
    /// True where it was set while the one before it still trains, whose ranks open its links meanwhile. It begins after the
    /// step at which all of them are ready, at <see cref="From"/> or later; where the one before it fails first, never.
    /// </summary>
    [Id(12)]
    public bool IsPrepared { get; init; }

    /// <summary>A secret that nobody can guess, for <see cref="Token"/>.</summary>
    public static string NewToken() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>The number of ranks.</summary>
    public int WorldSize => Ranks.Length;

    /// <summary>True where nobody trains any more: whoever still does, or waits to be taken in, ends.</summary>
    public bool IsDissolved => Ranks.IsEmpty;

    /// <summary>A node's place; null where it is no member.</summary>
    public RankPlacement? PlaceOf(NodeId node) => Ranks.FirstOrDefault(r => r.Node == node);
}
