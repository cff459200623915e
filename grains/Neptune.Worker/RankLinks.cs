using System.Text;
using Neptune.Collectives;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>How the ranks of a silo meet those of others: in its memory, and by links where there are other silos.</summary>
public sealed class RankLinks : IDisposable
{
    // All are known to be there, or were a moment ago: who does not answer soon is gone.
    private static readonly TimeSpan MeetAgain = TimeSpan.FromSeconds(3);

    private readonly InMemoryGroups _inMemory = new();
    private readonly CollectiveGroups? _groups;
    private readonly GroupOptions _options;

    /// <summary>All ranks of every job are in this process.</summary>
    public RankLinks() => (_options, States) = (new(), new());

    /// <summary>Ranks may be in other processes.</summary>
    /// <param name="groups">The silo's way into groups.</param>
    /// <param name="options">Equal for all silos of a cluster.</param>
    /// <param name="key">The cluster's secret, at least 16 bytes.</param>
    public RankLinks(CollectiveGroups groups, GroupOptions options, ReadOnlyMemory<byte> key) =>
        (_groups, _options, States) = (groups, options, new(groups.Listener, key));

    /// <summary>The states that ranks give to others.</summary>
    internal StateOffers States { get; }

    /// <summary>Where ranks of other silos connect; null where there are none.</summary>
    public LinkEndpoint? Endpoint => _groups?.Listener.Address.ToEndpoint();

    /// <summary>Gives a rank its end of its generation's group.</summary>
    /// <exception cref="CollectiveAbortedException">A rank cannot be reached or refuses; the message names it.</exception>
    internal Task<ICollective> JoinAsync(Generation generation, int rank, int shards, CancellationToken cancellation)
    {
        var patience = generation.From is null ? _options.JoinTimeout : MeetAgain;
        if (_groups is null)
        {
            return _inMemory.JoinAsync(
                generation.Job.Value,
                generation.Number,
                rank,
                generation.WorldSize,
                generation.IsPrepared ? Timeout.InfiniteTimeSpan : patience, // the one before it trains on meanwhile
                cancellation
            );
        }
        return _groups.JoinAsync(
            new()
            {
                Job = generation.Job.Value,
                Generation = generation.Number,
                Token = Encoding.UTF8.GetBytes(generation.Token),
                Rank = rank,
                Shards = shards,
                Members = [.. generation.Ranks.Select(MemberOf)],
            },
            _options with
            {
                JoinTimeout = patience,
            },
            cancellation
        );
    }

    /// <inheritdoc/>
    public void Dispose() => States.Dispose();

    private static GroupMember MemberOf(RankPlacement rank) =>
        rank.Link is { } link
            ? new(link.ToAddress(), rank.Node.Value, rank.Range.Low, rank.Range.High)
            : throw new ConflictException(
                $"The silo of node {rank.Node} offers no links: it is no part of a cluster of several silos."
            );
}
