namespace Neptune.Data;

/// <summary>
/// A split's chunks, each opened and checked at its first use, or before it where that was foreseen. Safe for all
/// threads.
/// </summary>
#pragma warning disable CA1001 // a semaphore without a wait handle holds nothing to free
internal sealed class LazyChunks(DatasetManifest manifest, SplitManifest split, IChunkStore store)
#pragma warning restore CA1001
{
    // More at once would only compete for one disk or one link.
    private const int MostAtOnce = 4;

    private readonly Chunk?[] _open = new Chunk?[split.Chunks.Count];
    private readonly Task<Chunk>?[] _opening = new Task<Chunk>?[split.Chunks.Count];
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _slots = new(MostAtOnce);
    private int _left = split.Chunks.Count;

    /// <summary>True where every chunk has been opened.</summary>
    public bool AllOpen => Volatile.Read(ref _left) == 0;

    /// <summary>A chunk; waits for it where it is not open yet.</summary>
    /// <exception cref="InvalidDataException">It is missing or altered.</exception>
    public Chunk this[long number] => _open[number] ?? BeginAsync(number).GetAwaiter().GetResult();

    /// <summary>Begins to open a chunk, once.</summary>
    public Task<Chunk> BeginAsync(long number)
    {
        lock (_gate)
        {
            var opening = _opening[number];
            // What failed may work the next time: the store or a link may have been away.
            return opening is null or { IsFaulted: true }
                ? _opening[number] = Task.Run(() => OpenAsync(number))
                : opening;
        }
    }

    private async Task<Chunk> OpenAsync(long number)
    {
        await _slots.WaitAsync().ConfigureAwait(false);
        try
        {
            var entry = split.Chunks[(int)number];
            var chunk = await store.OpenAsync(entry.Sha256, CancellationToken.None).ConfigureAwait(false);
            ChunkLayout.Check(manifest, entry, chunk.Bytes);
            _open[number] = chunk;
            Interlocked.Decrement(ref _left);
            return chunk;
        }
        finally
        {
            _slots.Release();
        }
    }
}
