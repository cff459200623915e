namespace Neptune.Collectives;

/// <summary>One rank's end of an <see cref="InMemoryGroup"/>.</summary>
internal sealed class InMemoryCollective : ICollective
{
    private readonly InMemoryGroup _group;
    private readonly Action _abortOnCancel;
    private bool _disposed;

    public InMemoryCollective(InMemoryGroup group, int rank)
    {
        _group = group;
        Rank = rank;
        _abortOnCancel = () => _group.Abort(Rank, "it was cancelled.");
    }

    public int Rank { get; }

    public int WorldSize => _group.WorldSize;

    public void AllReduce(
        int shards,
        ReadOnlySpan<PartialSum> partials,
        Memory<float> result,
        CancellationToken cancellation
    )
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Mistake(shards, partials, result.Length) is { } mistake)
        {
            _group.Abort(Rank, mistake);
            throw new ArgumentException(mistake, nameof(partials));
        }
        _group.AllReduce(Rank, shards, partials, result, _abortOnCancel, cancellation);
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
