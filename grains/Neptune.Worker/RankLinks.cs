using System.Text;
using Neptune.Collectives;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>How the ranks of a silo meet those of others: in its memory, and by links where there are other silos.</summary>
public sealed class RankLinks
{
    private readonly InMemoryGroups _inMemory = new();
    private readonly CollectiveGroups? _groups;
    private readonly GroupOptions _options;

    /// <summary>All ranks of every job are in this process.</summary>
    public RankLinks() => _options = new();

    /// <summary>Ranks may be in other processes.</summary>
    public RankLinks(CollectiveGroups groups, GroupOptions options) => (_groups, _options) = (groups, options);

    /// <summary>Where ranks of other silos connect; null where there are none.</summary>
    public LinkEndpoint? Endpoint => _groups?.Listener.Address.ToEndpoint();

    /// <summary>Gives a rank its end of its generation's group.</summary>
    /// <exception cref="CollectiveAbortedException">A rank cannot be reached or refuses; the message names it.</exception>
    internal Task<ICollective> JoinAsync(RankAssignment assignment, CancellationToken cancellation)
    {
        var generation = assignment.Generation;
        if (_groups is null)
        {
            return Task.FromResult(
                _inMemory.Join(generation.Job.Value, generation.Number, assignment.Rank, generation.WorldSize)
            );
        }
        return _groups.JoinAsync(
            new()
            {
                Job = generation.Job.Value,
                Generation = generation.Number,
                Token = Encoding.UTF8.GetBytes(generation.Token),
                Rank = assignment.Rank,
                Shards = assignment.Spec.Shards,
                Members = [.. generation.Ranks.Select(MemberOf)],
            },
            _options,
            cancellation
        );
    }

    private static GroupMember MemberOf(RankPlacement rank) =>
        rank.Link is { } link
            ? new(link.ToAddress(), rank.Node.Value, rank.Range.Low, rank.Range.High)
            : throw new ConflictException(
                $"The silo of node {rank.Node} offers no links: it is no part of a cluster of several silos."
            );
}
