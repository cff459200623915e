namespace Neptune.Collectives.Tests;

/// <summary>
/// Several "silos" in this process, each with a listener of its own, so that its ranks take each other for other
/// processes' ranks; real sockets between them.
/// </summary>
internal sealed class Silos : IAsyncDisposable
{
    public static readonly byte[] Token = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly CollectiveGroups[] _groups;

    public Silos(int count, LinkListenerOptions? options = null) =>
        _groups = [.. Enumerable.Range(0, count).Select(_ => new CollectiveGroups(options))];

    public CollectiveGroups this[int silo] => _groups[silo];

    /// <summary>One rank's view of a group whose rank r lives in silo r mod count.</summary>
    public CollectiveGroup Group(int rank, int shards, int[] ends, string job = "train-7", int generation = 3) =>
        new()
        {
            Job = job,
            Generation = generation,
            Token = Token,
            Rank = rank,
            Shards = shards,
            Members =
            [
                .. ends.Select(
                    (end, r) =>
                        new GroupMember(
                            _groups[r % _groups.Length].Listener.Address,
                            $"node-{r}",
                            r == 0 ? 0 : ends[r - 1],
                            end
                        )
                ),
            ],
        };

    /// <summary>All ranks' ends of a group.</summary>
    public async Task<ICollective[]> JoinAsync(
        int shards,
        int[] ends,
        GroupOptions? options = null,
        int generation = 3
    ) =>
        await Task.WhenAll(
            ends.Select(
                (_, rank) =>
                    _groups[rank % _groups.Length]
                        .JoinAsync(
                            Group(rank, shards, ends, generation: generation),
                            options,
                            TestContext.Current.CancellationToken
                        )
            )
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var groups in _groups)
            await groups.DisposeAsync();
    }
}
