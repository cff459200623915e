using System.Numerics.Tensors;

namespace Neptune.Collectives;

/// <summary>
/// Adds the sums of a shard range, which come one after the other, along the fixed tree, and is left with the sums of
/// the range's maximal subtrees. Buffers are kept from step to step: once warm, a step allocates nothing. It holds one
/// buffer more than the maximal subtrees of the part of the range that is done: at most log2(S) + 2 for a range that
/// starts the tree, at most 2·log2(S) + 1 for any. For one thread at a time.
/// </summary>
/// <remarks>
/// A step is: <see cref="Start"/>; for each shard <see cref="Next"/>, fill the buffer, <see cref="Complete"/>; then
/// <see cref="Finish"/>. A step that failed half way is dropped by the next <see cref="Start"/>.
/// </remarks>
/// <typeparam name="TBuffer">What holds a vector: an array, or an object around native memory.</typeparam>
public sealed class ShardAccumulator<TBuffer> : IDisposable
    where TBuffer : notnull
{
    private const int MergeBlock = 2048; // 8 KiB of each of two vectors

    private readonly Func<TBuffer> _create;
    private readonly Func<TBuffer, Memory<float>> _view;
    private readonly List<TBuffer> _spare = [];
    private readonly List<TBuffer> _stack = [];
    private PartialSum[] _partials = new PartialSum[8];
    private int _shards;
    private int _low;
    private int _high;
    private int _next;
    private int _length = -1;
    private int _merges; // that the shard at work completes
    private int _merged; // values of it that are added
    private bool _open;
    private bool _finished;

    /// <summary>Takes how buffers are made, all equally long, and how their memory is reached.</summary>
    /// <param name="create">Makes a buffer; called only while there are too few.</param>
    /// <param name="view">The whole memory of a buffer.</param>
    public ShardAccumulator(Func<TBuffer> create, Func<TBuffer, Memory<float>> view)
    {
        _create = create;
        _view = view;
    }

    /// <summary>The number of buffers made so far.</summary>
    public int BufferCount => _spare.Count + _stack.Count;

    /// <summary>Begins a step over the shards <c>[low, high)</c> of <paramref name="shards"/>.</summary>
    public void Start(int shards, int low, int high)
    {
        ReductionTree.CheckRange(shards, low, high);
        _spare.AddRange(_stack);
        _stack.Clear();
        (_shards, _low, _high, _next) = (shards, low, high, low);
        _open = false;
        _finished = false;
    }

    /// <summary>
    /// The buffer for the next shard's sums. It holds old values: write all of it, then call <see cref="Complete"/>.
    /// </summary>
    public TBuffer Next()
    {
        if (_open || _finished || _next >= _high)
        {
            throw new InvalidOperationException(
                _open ? $"Shard {_next} is not completed yet." : $"All shards of [{_low},{_high}) are done."
            );
        }
        _open = true;
        _merges = ReductionTree.NodesEndingWith(_shards, _low, _next);
        _merged = 0;
        var buffer = Take();
        _stack.Add(buffer);
        return buffer;
    }

    /// <summary>
    /// After <see cref="Next"/> for the last shard: the partial sums that <see cref="Finish"/> will give, whose values are
    /// not final yet. <see cref="CompletePart"/> makes them so, part by part.
    /// </summary>
    public ReadOnlySpan<PartialSum> Upcoming()
    {
        if (!_open || _next != _high - 1)
            throw new InvalidOperationException("The last shard is not the one at work: call Next for it first.");
        return Partials(_stack.Count - _merges);
    }

    /// <summary>
    /// The values [start, end) of the buffer given by <see cref="Next"/> are its shard's sums: adds what can be added of
    /// them. Each value once, all of them before <see cref="Complete"/>.
    /// </summary>
    public void CompletePart(int start, int end)
    {
        if (!_open)
            throw new InvalidOperationException("There is no shard to complete: call Next first.");
        Merge(start, end);
        _merged += end - start;
    }

    /// <summary>The buffer given by <see cref="Next"/> holds its shard's sums: adds what can be added.</summary>
    public void Complete()
    {
        if (!_open)
            throw new InvalidOperationException("There is no shard to complete: call Next first.");
        var length = _view(_stack[^1]).Length;
        if (_merged == 0)
            CompletePart(0, length);
        if (_merged != length)
            throw new InvalidOperationException($"Of shard {_next}'s {length} values {_merged} are completed.");
        for (var merge = 0; merge < _merges; merge++)
        {
            _spare.Add(_stack[^1]);
            _stack.RemoveAt(_stack.Count - 1);
        }
        _open = false;
        _next++;
    }

    /// <summary>
    /// The sums of the range's maximal subtrees, in order; valid until <see cref="Start"/>. Over the whole tree there
    /// is one, and it is the result.
    /// </summary>
    public ReadOnlySpan<PartialSum> Finish()
    {
        if (_open || _next < _high)
            throw new InvalidOperationException($"Shard {_next} of [{_low},{_high}) is not completed yet.");
        _finished = true;
        return Partials(_stack.Count);
    }

    /// <summary>
    /// After <see cref="Finish"/>, or while the last shard is at work: a buffer to receive the exchange's result, valid until <see cref="Start"/>. It is
    /// the first partial sum's own, so nothing is copied where it already is the result; a spare one for an empty range.
    /// </summary>
    public TBuffer Result()
    {
        if (!_finished && !(_open && _next == _high - 1))
            throw new InvalidOperationException("The step is not finished: call Finish first.");
        if (_stack.Count == 0)
            _stack.Add(Take());
        return _stack[0];
    }

    /// <summary>Disposes the buffers, where they can be.</summary>
    public void Dispose()
    {
        foreach (var buffer in _spare.Concat(_stack))
            (buffer as IDisposable)?.Dispose();
        _spare.Clear();
        _stack.Clear();
    }

    // Up the tree block by block: a block's sum is still in the processor's cache when the next node adds it.
    private void Merge(int start, int end)
    {
        for (var at = start; at < end; at += MergeBlock)
        {
            var count = Math.Min(MergeBlock, end - at);
            for (var merge = 1; merge <= _merges; merge++)
            {
                var left_P = _view(_stack[^(merge + 1)]).Span.Slice(at, count);
                TensorPrimitives.Add(left_P, _view(_stack[^merge]).Span.Slice(at, count), left_P);
            }
        }
    }

    private ReadOnlySpan<PartialSum> Partials(int count)
    {
        if (_partials.Length < count)
            _partials = new PartialSum[count * 2];
        var low = _low;
        for (var i = 0; i < count; i++)
        {
            var node = LargestFrom(low);
            _partials[i] = new PartialSum(node, _view(_stack[i]));
            low = node.High;
        }
        return _partials.AsSpan(0, count);
    }

    private TBuffer Take()
    {
        if (_spare.Count > 0)
        {
            var spare = _spare[^1];
            _spare.RemoveAt(_spare.Count - 1);
            return spare;
        }
        var buffer = _create();
        var length = _view(buffer).Length;
        if (_length >= 0 && length != _length)
            throw new InvalidOperationException($"A buffer of {length} values was made after some of {_length}.");
        _length = length;
        return buffer;
    }

    private TreeNode LargestFrom(int low)
    {
        var at = ReductionTree.Root(_shards);
        while (at.Low < low || at.High > _high)
        {
            at = low < at.Middle ? new TreeNode(at.Low, at.Middle) : new TreeNode(at.Middle, at.High);
        }
        return at;
    }
}
