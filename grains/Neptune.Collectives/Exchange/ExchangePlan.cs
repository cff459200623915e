namespace Neptune.Collectives;

/// <summary>
/// How the vector of one length is cut: into a slice for each rank, or not at all, and these into chunks. Equal on all
/// ranks. Pure.
/// </summary>
internal sealed class ExchangePlan
{
    private readonly int _chunkLength;
    private readonly int[] _firstChunk;
    private readonly int[] _sliceStart;

    /// <param name="length">Values of the vector.</param>
    /// <param name="worldSize">The number of ranks.</param>
    /// <param name="isSliced">Whether each rank completes a slice, or all of them everything.</param>
    /// <param name="chunkLength">The most values of a chunk.</param>
    public ExchangePlan(int length, int worldSize, bool isSliced, int chunkLength)
    {
        (Length, IsSliced, _chunkLength) = (length, isSliced, chunkLength);
        var slices = isSliced ? worldSize : 1;
        _firstChunk = new int[slices + 1];
        _sliceStart = new int[slices + 1];
        for (var slice = 0; slice < slices; slice++)
        {
            var (start, end) = SliceSum.Bounds(length, slice, slices);
            _sliceStart[slice + 1] = end;
            _firstChunk[slice + 1] = _firstChunk[slice] + (int)(((long)end - start + chunkLength - 1) / chunkLength);
        }
    }

    public int Length { get; }

    public bool IsSliced { get; }

    public int ChunkCount => _firstChunk[^1];

    /// <summary>The chunks that a rank completes.</summary>
    public (int First, int End) ChunksOf(int rank) =>
        IsSliced ? (_firstChunk[rank], _firstChunk[rank + 1]) : (0, ChunkCount);

    /// <summary>The rank whose slice a chunk belongs to; <see cref="FrameHeader.WholeVector"/> where all complete it.</summary>
    public int SliceOf(int chunk) => IsSliced ? IndexOf(_firstChunk, chunk) : FrameHeader.WholeVector;

    /// <summary>The chunk's first value and the one behind its last.</summary>
    public (int Start, int End) Bounds(int chunk)
    {
        var slice = IndexOf(_firstChunk, chunk);
        var start = _sliceStart[slice] + ((chunk - _firstChunk[slice]) * _chunkLength);
        return (start, (int)Math.Min((long)start + _chunkLength, _sliceStart[slice + 1]));
    }

    /// <summary>The chunk that holds a value.</summary>
    public int ChunkAt(int value)
    {
        var slice = IndexOf(_sliceStart, value);
        return _firstChunk[slice] + ((value - _sliceStart[slice]) / _chunkLength);
    }

    // The last range that begins at or before the value; empty ranges begin where the next one does.
    private static int IndexOf(int[] starts, int value)
    {
        var (low, high) = (0, starts.Length - 1);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (starts[middle] <= value)
                low = middle;
            else
                high = middle;
        }
        return low;
    }
}
