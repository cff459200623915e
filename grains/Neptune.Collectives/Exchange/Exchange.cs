using System.Diagnostics;
using System.IO.Hashing;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Neptune.Collectives;

/// <summary>
/// The state of one all-reduce: which values are final, which partial sums have come, and what is to be sent. Kept from
/// step to step; nothing is allocated once it has seen the longest vector. Knows no socket.
/// </summary>
internal sealed class Exchange(CollectiveGroup group, int chunkLength)
{
    // Operands are added block by block, all the way up the tree: a block stays in the processor's cache.
    private const int BlockLength = 8192;
    private const int MaxReserved = 32;

    private readonly ulong _job = HashOf(group.Job);
    private readonly ChunkPool _pool = new(chunkLength);
    private Link[] _links = [];
    private Link?[] _linkOf = [];
    private ExchangeLayout _layout = null!;
    private ExchangePlan _plan = null!;
    private Memory<float>[] _own = [];
    private int _ownFirst;
    private int _ownCount;
    private Memory<float> _result;
    private int _ownedFirst;
    private int _ownedEnd;
    private int _unpublishedValues;
    private int _chunksLeft;
    private int[] _unpublished = []; // values of a chunk that are not final yet
    private int[] _missing = []; // partial sums that have not come yet
    private int[] _sending = []; // own partial sums that are not sent yet
    private bool[] _isDone = []; // the chunk's sum is in the result
    private float[]?[] _operands = []; // received partial sums, of owned chunk times node
    private ulong[] _checksums = [];
    private bool[] _hasChecksum = [];

    /// <summary>The number of all-reduces begun.</summary>
    public long Sequence { get; private set; }

    /// <summary>How long adding took, of all all-reduces, in Stopwatch ticks.</summary>
    public long SumTicks { get; private set; }

    /// <summary>Values of the vector.</summary>
    public int Length => _plan.Length;

    /// <summary>Values that are not published yet.</summary>
    public int Unpublished => _unpublishedValues;

    /// <summary>True once the whole result is there; frames may still have to be sent.</summary>
    public bool HasResult => _chunksLeft == 0;

    /// <summary>Who brought values that are not finite.</summary>
    public NonFiniteRanks NonFinite { get; } = new();

    public static ulong HashOf(string job) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(job.AsSpan()));

    public void Begin(
        ExchangeLayout layout,
        ExchangePlan plan,
        Link[] links,
        Link?[] linkOf,
        ReadOnlySpan<PartialSum> partials,
        Memory<float> result
    )
    {
        Sequence++;
        NonFinite.Clear();
        (_layout, _plan, _links, _linkOf, _result) = (layout, plan, links, linkOf, result);
        (_ownFirst, _ownCount) = layout.NodesOf(group.Rank);
        (_ownedFirst, _ownedEnd) = plan.ChunksOf(group.Rank);
        if (_own.Length < _ownCount)
            _own = new Memory<float>[_ownCount];
        for (var i = 0; i < _ownCount; i++)
            _own[i] = partials[i].Values;
        _unpublishedValues = _ownCount == 0 ? 0 : plan.Length;
        Reset();
        foreach (var link in links)
        {
            var (first, end) = plan.ChunksOf(link.Peer);
            link.IncomingLeft =
                ((_ownedEnd - _ownedFirst) * layout.NodesOf(link.Peer).Count) + (plan.IsSliced ? end - first : 0);
        }
    }

    /// <summary>Values that are final; queues what can be sent now.</summary>
    public void Publish(int start, int end)
    {
        if (_ownCount == 0 || start == end)
            return;
        for (var chunk = _plan.ChunkAt(start); start < end; chunk++)
        {
            var to = Math.Min(end, _plan.Bounds(chunk).End);
            if (to - start > _unpublished[chunk])
                throw new ArgumentException($"Some values of [{start},{to}) were published before.", nameof(start));
            _unpublished[chunk] -= to - start;
            _unpublishedValues -= to - start;
            start = to;
            if (_unpublished[chunk] == 0)
                MakeFinal(chunk);
        }
    }

    /// <summary>Forgets the caller's memory.</summary>
    public void End()
    {
        Array.Clear(_own);
        _result = default;
    }

    public Memory<float> ValuesOf(OutgoingFrame frame)
    {
        var (start, end) = _plan.Bounds(frame.Chunk);
        return (frame.Node == OutgoingFrame.Sum ? _result : _own[frame.Node])[start..end];
    }

    public FrameHeader HeaderOf(OutgoingFrame frame)
    {
        var (start, end) = _plan.Bounds(frame.Chunk);
        var isSum = frame.Node == OutgoingFrame.Sum;
        return new(
            isSum ? FrameKind.Sum : FrameKind.Partial,
            group.Rank,
            _job,
            Sequence,
            group.Generation,
            _plan.SliceOf(frame.Chunk),
            isSum ? ReductionTree.Root(_layout.Shards) : _layout.Nodes[_ownFirst + frame.Node],
            start,
            (end - start) * sizeof(float),
            ChecksumOf(frame)
        );
    }

    /// <summary>The system has taken the frame's values.</summary>
    public void Sent(OutgoingFrame frame)
    {
        if (frame.Node != OutgoingFrame.Sum && --_sending[frame.Chunk] == 0 && !_plan.IsSliced)
            TryReduce(frame.Chunk);
    }

    /// <summary>Gives why a frame is no one's of this group's, or null.</summary>
    public LinkRefusal? CheckOrigin(Link link, FrameHeader header) =>
        header.Job != _job ? LinkRefusal.FrameJob
        : header.Generation != group.Generation ? LinkRefusal.FrameGeneration
        : header.From != link.Peer ? LinkRefusal.FrameRank
        : null;

    /// <summary>Where a frame's values belong; or why it is refused.</summary>
    public LinkRefusal? Accept(Link link, FrameHeader header, out Memory<float> values)
    {
        values = default;
        if (header.Sequence != Sequence)
            return LinkRefusal.FrameSequence;
        if (header.Offset < 0 || header.Offset >= _plan.Length)
            return LinkRefusal.FrameLength;
        var chunk = _plan.ChunkAt(header.Offset);
        var (start, end) = _plan.Bounds(chunk);
        if (header.Offset != start || header.Length != (end - start) * sizeof(float))
            return LinkRefusal.FrameLength;
        if (header.Slice != _plan.SliceOf(chunk) || _isDone[chunk])
            return LinkRefusal.FrameUnexpected;
        if (header.Kind == FrameKind.Sum)
        {
            // A sum contains this rank's part, so it cannot come before that was sent.
            if (
                header.Slice != link.Peer
                || header.Node != ReductionTree.Root(_layout.Shards)
                || _unpublished[chunk] > 0
                || _sending[chunk] > 0
            )
            {
                return LinkRefusal.FrameUnexpected;
            }
            values = _result[start..end];
            return null;
        }
        var node = NodeOf(link.Peer, header.Node);
        if (header.Kind != FrameKind.Partial || node < 0 || chunk < _ownedFirst || chunk >= _ownedEnd)
            return LinkRefusal.FrameUnexpected;
        ref var operand = ref OperandOf(chunk, node);
        if (operand is not null)
            return LinkRefusal.FrameUnexpected;
        operand = _pool.Take();
        values = operand.AsMemory(0, end - start);
        return null;
    }

    /// <summary>All values of an accepted frame are there; gives why they are refused, or null.</summary>
    public LinkRefusal? Received(Link link, FrameHeader header)
    {
        var chunk = _plan.ChunkAt(header.Offset);
        var (start, end) = _plan.Bounds(chunk);
        var values =
            header.Kind == FrameKind.Sum
                ? _result.Span[start..end]
                : OperandOf(chunk, NodeOf(link.Peer, header.Node)).AsSpan(0, end - start);
        if (FrameChecksum.Of(MemoryMarshal.AsBytes(values)) != header.PayloadChecksum)
            return LinkRefusal.FramePayloadChecksum;
        if (header.Kind == FrameKind.Sum)
        {
            _isDone[chunk] = true;
            _chunksLeft--;
        }
        else
        {
            _missing[chunk]--;
            TryReduce(chunk);
        }
        return null;
    }

    /// <summary>True where a rank has not sent all of its own part yet.</summary>
    public bool OwesPartials(Link link)
    {
        var (first, end) = _plan.ChunksOf(link.Peer);
        var sums = 0;
        for (var chunk = first; _plan.IsSliced && chunk < end; chunk++)
            sums += _isDone[chunk] ? 0 : 1;
        return link.IncomingLeft > sums;
    }

    private void Reset()
    {
        var chunks = _plan.ChunkCount;
        if (_unpublished.Length < chunks)
        {
            _unpublished = new int[chunks];
            _missing = new int[chunks];
            _sending = new int[chunks];
            _isDone = new bool[chunks];
        }
        var checksums = chunks * (_ownCount + 1);
        if (_checksums.Length < checksums)
        {
            _checksums = new ulong[checksums];
            _hasChecksum = new bool[checksums];
        }
        var operands = (_ownedEnd - _ownedFirst) * _layout.Nodes.Length;
        if (_operands.Length < operands)
            Array.Resize(ref _operands, operands);
        // Beyond, room is made when a peer is far ahead: for a long vector all of it is hardly ever needed.
        _pool.Reserve(Math.Min(MaxReserved, (_ownedEnd - _ownedFirst) * (_layout.Nodes.Length - _ownCount)));
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            var (start, end) = _plan.Bounds(chunk);
            _unpublished[chunk] = _ownCount == 0 ? 0 : end - start;
        }
        _missing.AsSpan(0, chunks).Fill(_layout.Nodes.Length - _ownCount);
        _sending.AsSpan(0, chunks).Clear();
        _isDone.AsSpan(0, chunks).Clear();
        _hasChecksum.AsSpan(0, checksums).Clear();
        _chunksLeft = chunks;
    }

    private void MakeFinal(int chunk)
    {
        if (!_plan.IsSliced)
        {
            _sending[chunk] = _ownCount * _links.Length;
            foreach (var link in _links)
                Queue(link, chunk);
            TryReduce(chunk); // where nobody else needs it
        }
        else if (_plan.SliceOf(chunk) == group.Rank)
        {
            TryReduce(chunk);
        }
        else
        {
            _sending[chunk] = _ownCount;
            Queue(_linkOf[_plan.SliceOf(chunk)]!, chunk);
        }
    }

    private void Queue(Link link, int chunk)
    {
        for (var node = 0; node < _ownCount; node++)
            link.Partials.Add(new(chunk, node));
    }

    private void TryReduce(int chunk)
    {
        // Own partial sums are the additions' scratch: they must be sent before.
        if (_unpublished[chunk] > 0 || _missing[chunk] > 0 || _sending[chunk] > 0)
            return;
        var start = Stopwatch.GetTimestamp();
        Reduce(chunk);
        SumTicks += Stopwatch.GetTimestamp() - start;
        _isDone[chunk] = true;
        _chunksLeft--;
        if (!_plan.IsSliced)
            return;
        foreach (var link in _links)
            link.Sums.Add(new(chunk, OutgoingFrame.Sum));
    }

    private void Reduce(int chunk)
    {
        var (start, end) = _plan.Bounds(chunk);
        var additions = _layout.Additions;
        for (var block = start; block < end; block += BlockLength)
        {
            var count = Math.Min(BlockLength, end - block);
            var result = _result.Span.Slice(block, count);
            if (additions.Length == 0)
            {
                var sum = Operand(chunk, 0, block - start, count, start);
                if (group.WorldSize > 1)
                    NonFinite.Look(sum, _layout.RankOf(0));
                if (result != sum)
                    sum.CopyTo(result);
            }
            for (var i = 0; i < additions.Length; i++)
            {
                var left = Operand(chunk, additions[i].Left, block - start, count, start);
                var right = Operand(chunk, additions[i].Right, block - start, count, start);
                var sum = i == additions.Length - 1 ? result : left;
                var added = NonFiniteRanks.AddWhileFinite(left, right, sum);
                if (added == count)
                    continue;
                FindNonFinite(additions[i], left, right);
                TensorPrimitives.Add(left[added..], right[added..], sum[added..]);
            }
        }
        for (var node = 0; node < _layout.Nodes.Length; node++)
        {
            ref var operand = ref OperandOf(chunk, node);
            if (operand is null)
                continue;
            _pool.Return(operand);
            operand = null;
        }
    }

    // Of operands that are sums themselves it is known already.
    private void FindNonFinite((int Left, int Right) nodes, ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        if (nodes.Right == nodes.Left + 1)
            NonFinite.Look(left, _layout.RankOf(nodes.Left));
        if (!Array.Exists(_layout.Additions, a => a.Left == nodes.Right))
            NonFinite.Look(right, _layout.RankOf(nodes.Right));
    }

    private Span<float> Operand(int chunk, int node, int offset, int count, int chunkStart)
    {
        var own = node - _ownFirst;
        return own >= 0 && own < _ownCount
            ? _own[own].Span.Slice(chunkStart + offset, count)
            : OperandOf(chunk, node).AsSpan(offset, count);
    }

    private ref float[]? OperandOf(int chunk, int node) =>
        ref _operands[((chunk - _ownedFirst) * _layout.Nodes.Length) + node];

    private int NodeOf(int rank, TreeNode node)
    {
        var (first, count) = _layout.NodesOf(rank);
        for (var i = first; i < first + count; i++)
        {
            if (_layout.Nodes[i] == node)
                return i;
        }
        return -1;
    }

    private ulong ChecksumOf(OutgoingFrame frame)
    {
        var at = (frame.Chunk * (_ownCount + 1)) + frame.Node + 1;
        if (!_hasChecksum[at])
        {
            _checksums[at] = FrameChecksum.Of(MemoryMarshal.AsBytes(ValuesOf(frame).Span));
            _hasChecksum[at] = true;
        }
        return _checksums[at];
    }
}
