namespace Neptune.Collectives;

/// <summary>What a new connection is for.</summary>
internal enum LinkPurposeKind : byte
{
    /// <summary>Two ranks of a group.</summary>
    Group = 1,

    /// <summary>A stream for one of the process's own handlers.</summary>
    Stream = 2,
}

/// <summary>Who connects to whom, and for what.</summary>
/// <param name="Kind">For a group or for a stream.</param>
/// <param name="Name">The job, or the stream's purpose.</param>
/// <param name="Generation">The group's generation; 0 for a stream.</param>
/// <param name="From">The rank that connects; 0 for a stream.</param>
/// <param name="To">The rank it wants; 0 for a stream.</param>
internal readonly record struct LinkGreeting(LinkPurposeKind Kind, string Name, int Generation, int From, int To)
{
    public static LinkGreeting Group(string job, int generation, int from, int to) =>
        new(LinkPurposeKind.Group, job, generation, from, to);

    public static LinkGreeting Stream(string purpose) => new(LinkPurposeKind.Stream, purpose, 0, 0, 0);
}
