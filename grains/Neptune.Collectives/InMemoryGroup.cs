using System.Diagnostics;

namespace Neptune.Collectives;

/// <summary>
/// A group of ranks that are threads of one process and exchange through its memory. Made for one generation of one
/// job: once aborted, it never works again.
/// </summary>
/// <remarks>
/// An all-reduce is: publish, meet, complete the own slice of the vector and write it to all results, meet. A rank can
/// give up only until the first meeting is complete: from then on others write to its memory, for a time that depends on
/// nobody's goodwill, and its caller must not free that memory before they are done.
/// </remarks>
public sealed class InMemoryGroup
{
    private readonly Rendezvous _rendezvous;
    private readonly Publication[] _published;
    private readonly bool[] _joined;
    private readonly string _name;
    private readonly Action? _onLeft;
    private readonly Func<string?> _order;
    private readonly Func<int, int> _rankOf;
    private readonly TaskCompletionSource _assembled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PartialSum[] _ordered = new PartialSum[8];
    private int _orderedCount;
    private int _present;
    private int _left;

    /// <summary>A group that waits for its ranks.</summary>
    /// <param name="worldSize">The number of ranks, at least 1.</param>
    /// <param name="job">Whose group it is, for messages.</param>
    /// <param name="generation">Which generation of the job, for messages.</param>
    public InMemoryGroup(int worldSize, string job = "a job", int generation = 0)
        : this(worldSize, job, generation, null) { }

    internal InMemoryGroup(int worldSize, string job, int generation, Action? onLeft)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(worldSize, 1);
        _rendezvous = new Rendezvous(worldSize);
        _published = new Publication[worldSize];
        for (var rank = 0; rank < worldSize; rank++)
            _published[rank] = new Publication();
        _joined = new bool[worldSize];
        _name = $"{job}, generation {generation}";
        _onLeft = onLeft;
        (_order, _rankOf) = (Order, RankOf);
    }

    /// <summary>The number of ranks.</summary>
    public int WorldSize => _published.Length;

    /// <summary>True while a rank has joined and not left.</summary>
    internal bool HasMembers => Volatile.Read(ref _present) > 0;

    /// <summary>True once every rank has joined and left.</summary>
    internal bool IsOver => Volatile.Read(ref _left) == WorldSize;

    /// <summary>Gives a rank its end of the group. Disposing it ends the group for those who still need the rank.</summary>
    /// <exception cref="InvalidOperationException">The rank has joined before.</exception>
    public ICollective Join(int rank)
    {
        if (rank < 0 || rank >= WorldSize)
        {
            throw new ArgumentOutOfRangeException(
                nameof(rank),
                rank,
                $"The group of {_name} has the ranks 0 to {WorldSize - 1}."
            );
        }
        lock (_joined)
        {
            if (_joined[rank])
                throw new InvalidOperationException($"Rank {rank} has already joined the group of {_name}.");
            _joined[rank] = true;
            _present++;
            if (Array.TrueForAll(_joined, here => here))
                _assembled.TrySetResult();
        }
        return new InMemoryCollective(this, rank);
    }

    /// <summary>Waits until all ranks have joined, or one has given up.</summary>
    /// <returns>The first rank that has not joined in time; null where nobody is waited for any more.</returns>
    internal async Task<int?> MissingAsync(TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            await _assembled.Task.WaitAsync(patience, cancellation);
            return null;
        }
        catch (TimeoutException)
        {
            lock (_joined)
                return Array.IndexOf(_joined, false) is >= 0 and var missing ? missing : null;
        }
    }

    internal void AllReduce(
        int rank,
        Publication begun,
        NonFiniteRanks nonFinite,
        Action abortOnCancel,
        ref long sumTicks,
        CancellationToken cancellation
    )
    {
        _published[rank].Set(begun.Shards, begun.Partials, begun.Result);
        _rendezvous.MeetOrGiveUp(_order, abortOnCancel, cancellation);
        var began = Stopwatch.GetTimestamp();
        var (start, end) = SliceSum.Bounds(begun.Result.Length, rank, WorldSize);
        if (start < end)
        {
            if (WorldSize > 1)
                SliceSum.Reduce(begun.Shards, _ordered.AsSpan(0, _orderedCount), start, end, nonFinite, _rankOf);
            Span<float> sum = _ordered[0].Values.Span[start..end];
            foreach (var publication in _published)
            {
                var target = publication.Result.Span[start..end];
                if (target != sum)
                    sum.CopyTo(target);
            }
        }
        sumTicks += Stopwatch.GetTimestamp() - began;
        _rendezvous.Meet();
    }

    internal void Abort(int rank, string reason)
    {
        _rendezvous.Abort($"Rank {rank} of {WorldSize} ({_name}) gave up: {reason}");
        _assembled.TrySetResult();
    }

    internal void Leave(int rank)
    {
        _rendezvous.Abort($"Rank {rank} of {WorldSize} ({_name}) has left the group.");
        _assembled.TrySetResult();
        lock (_joined)
        {
            _present--;
            _left++;
        }
        _onLeft?.Invoke();
    }

    /// <summary>Puts all ranks' partial sums in order; gives null, or why they do not fit together.</summary>
    private string? Order()
    {
        _orderedCount = 0;
        var first = _published[0];
        var next = 0;
        for (var rank = 0; rank < WorldSize; rank++)
        {
            var publication = _published[rank];
            if (publication.Shards != first.Shards)
                return Mismatch($"rank 0 has {first.Shards} shards, rank {rank} has {publication.Shards}");
            if (publication.Result.Length != first.Result.Length)
            {
                return Mismatch(
                    $"rank 0 exchanges {first.Result.Length} values, rank {rank} exchanges {publication.Result.Length}"
                );
            }
            foreach (ref readonly var partial in publication.Partials)
            {
                if (partial.Node.Low != next)
                    return Mismatch($"rank {rank} brings {partial.Node} where shard {next} comes next");
                if (_orderedCount == _ordered.Length)
                    Array.Resize(ref _ordered, _ordered.Length * 2);
                _ordered[_orderedCount++] = partial;
                next = partial.Node.High;
            }
        }
        return next == first.Shards ? null : Mismatch($"no rank brings the shards [{next},{first.Shards})");
    }

    // Whose a partial sum in the order is.
    private int RankOf(int ordered)
    {
        var rank = 0;
        for (var first = 0; ordered >= first + _published[rank].Partials.Length; rank++)
            first += _published[rank].Partials.Length;
        return rank;
    }

    private string Mismatch(string what) =>
        $"The ranks ({_name}) disagree about an all-reduce: {what}. All ranks must make the same calls in the same order.";
}
