namespace Neptune.Collectives;

/// <summary>One rank of a <see cref="CollectiveGroup"/>.</summary>
/// <param name="Address">The process it lives in.</param>
/// <param name="Node">The node's name, for messages.</param>
/// <param name="Low">The first shard of its range.</param>
/// <param name="High">Behind the last shard of its range; equal to <paramref name="Low"/> for an empty one.</param>
public sealed record GroupMember(LinkAddress Address, string Node, int Low, int High);
