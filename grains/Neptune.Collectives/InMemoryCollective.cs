using System.Diagnostics;

namespace Neptune.Collectives;

/// <summary>One rank's end of an <see cref="InMemoryGroup"/>.</summary>
internal sealed class InMemoryCollective : ICollective
{
    private readonly InMemoryGroup _group;
    private readonly Action _abortOnCancel;
    private readonly Publication _begun = new();
    private readonly NonFiniteRanks _nonFinite = new();
    private int _unpublished;
    private bool _isOpen;
    private bool _disposed;

    public InMemoryCollective(InMemoryGroup group, int rank)
    {
        _group = group;
        Rank = rank;
        _abortOnCancel = () => _group.Abort(Rank, "it was cancelled.");
    }

    public int Rank { get; }

    public int WorldSize => _group.WorldSize;

    public ExchangeTimes Times { get; private set; }

    public IReadOnlyCollection<int> NonFiniteFrom => _nonFinite.Found;

    public TimeSpan StallLimit { get; set; }

    public void Begin(int shards, ReadOnlySpan<PartialSum> partials, Memory<float> result)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_isOpen)
            throw new InvalidOperationException("The all-reduce before is not complete: call Complete first.");
        if (Mistake(shards, partials, result.Length) is { } mistake)
        {
            _group.Abort(Rank, mistake);
            throw new ArgumentException(mistake, nameof(partials));
        }
        _nonFinite.Clear();
        _begun.Set(shards, partials, result);
        _unpublished = partials.IsEmpty ? 0 : result.Length;
        _isOpen = true;
    }

    public void Publish(int start, int end)
    {
        if (!_isOpen)
            throw new InvalidOperationException("Nothing to publish for: call Begin first.");
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, _begun.Result.Length);
        if (_begun.Partials.IsEmpty)
            return;
        if (end - start > _unpublished)
            throw new ArgumentException($"Some values of [{start},{end}) were published before.", nameof(start));
        _unpublished -= end - start; // the exchange itself begins when all ranks are complete
    }

    public void Complete(CancellationToken cancellation)
    {
        if (!_isOpen)
            throw new InvalidOperationException("Nothing to complete: call Begin first.");
        if (_unpublished > 0)
            throw new InvalidOperationException($"{_unpublished} values are not published yet.");
        var (start, sum) = (Stopwatch.GetTimestamp(), 0L);
        _group.AllReduce(Rank, _begun, _nonFinite, _abortOnCancel, ref sum, cancellation);
        var wait = Stopwatch.GetTimestamp() - start - sum;
        Times = Times with { Sum = Times.Sum + sum, Wait = Times.Wait + wait };
        _isOpen = false;
    }

    public void Abort(string reason) => _group.Abort(Rank, reason);

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _group.Leave(Rank);
    }

    private static string? Mistake(int shards, ReadOnlySpan<PartialSum> partials, int length)
    {
        if (shards < 1)
            return $"shards is {shards}; a tree has at least one.";
        foreach (ref readonly var partial in partials)
        {
            if (!ReductionTree.Contains(shards, partial.Node))
                return $"the partial sum {partial.Node} is no node of the tree over {shards} shards.";
            if (partial.Values.Length != length)
                return $"the partial sum {partial.Node} has {partial.Values.Length} values, the result {length}.";
        }
        return null;
    }
}
