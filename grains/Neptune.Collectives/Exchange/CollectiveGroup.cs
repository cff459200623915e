namespace Neptune.Collectives;

/// <summary>All that one rank needs to meet the others of its generation.</summary>
public sealed record CollectiveGroup
{
    /// <summary>The most ranks of a group.</summary>
    public const int MaxWorldSize = 1024;

    /// <summary>The job's id, at most 512 bytes of UTF-8.</summary>
    public required string Job { get; init; }

    /// <summary>The job's generation.</summary>
    public required int Generation { get; init; }

    /// <summary>The generation's secret, at least 16 bytes; who does not hold it is no rank.</summary>
    public required ReadOnlyMemory<byte> Token { get; init; }

    /// <summary>This rank.</summary>
    public required int Rank { get; init; }

    /// <summary>S, the number of the tree's leaves.</summary>
    public required int Shards { get; init; }

    /// <summary>All ranks in order; their ranges tile the shards.</summary>
    public required IReadOnlyList<GroupMember> Members { get; init; }

    /// <summary>The number of ranks.</summary>
    internal int WorldSize => Members.Count;

    internal string Describe(int rank) =>
        $"Rank {rank} of {WorldSize} on {Members[rank].Node} ({Job}, generation {Generation})";

    internal CollectiveAbortedException Failure(
        int rank,
        string evidence,
        Exception? inner = null,
        CollectiveFailure failure = CollectiveFailure.LinkLost
    ) =>
        new($"{Describe(rank)} {evidence}", inner)
        {
            Rank = rank,
            Node = Members[rank].Node,
            Failure = failure,
        };

    /// <exception cref="ArgumentException">A field is wrong; the message names it.</exception>
    internal void Check()
    {
        if (WorldSize is < 1 or > MaxWorldSize)
            throw new ArgumentException($"A group of {WorldSize} ranks: 1 to {MaxWorldSize} are possible.");
        if (Rank < 0 || Rank >= WorldSize)
            throw new ArgumentException($"Rank {Rank} is none of the ranks 0 to {WorldSize - 1}.");
        if (Shards < 1)
            throw new ArgumentException($"Shards is {Shards}; a tree has at least one.");
        if (System.Text.Encoding.UTF8.GetByteCount(Job) is 0 or > LinkHandshake.MaxNameBytes)
            throw new ArgumentException(
                $"The job's id has {Job.Length} characters: 1 to {LinkHandshake.MaxNameBytes} bytes are possible."
            );
        if (Token.Length < LinkHandshake.MinTokenSize)
            throw new ArgumentException(
                $"The token has {Token.Length} bytes; make it of at least {LinkHandshake.MinTokenSize} random ones."
            );
        var next = 0;
        for (var rank = 0; rank < WorldSize; rank++)
        {
            var member = Members[rank];
            if (member.Low != next || member.High < member.Low)
                throw new ArgumentException(
                    $"Rank {rank} has the shards [{member.Low},{member.High}) where shard {next} comes next."
                );
            next = member.High;
        }
        if (next != Shards)
            throw new ArgumentException($"The ranks have the shards [0,{next}) of {Shards}.");
    }
}
