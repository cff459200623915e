namespace Neptune.Collectives;

/// <summary>A frame that waits to be sent.</summary>
/// <param name="Chunk">Which values.</param>
/// <param name="Node">The own partial sum's number, or <see cref="Sum"/>.</param>
internal readonly record struct OutgoingFrame(int Chunk, int Node)
{
    public const int Sum = -1;
}

/// <summary>Frames in the order they will be sent; allocates only while it grows.</summary>
internal sealed class FrameQueue
{
    private OutgoingFrame[] _frames = new OutgoingFrame[16];
    private int _first;

    public int Count { get; private set; }

    public void Clear() => (_first, Count) = (0, 0);

    public void Add(OutgoingFrame frame)
    {
        if (Count == _frames.Length)
        {
            var larger = new OutgoingFrame[Count * 2];
            _frames.AsSpan(_first).CopyTo(larger);
            _frames.AsSpan(0, _first).CopyTo(larger.AsSpan(Count - _first));
            (_frames, _first) = (larger, 0);
        }
        _frames[(_first + Count++) & (_frames.Length - 1)] = frame;
    }

    public OutgoingFrame Peek() => _frames[_first];

    public OutgoingFrame Take()
    {
        var frame = _frames[_first];
        _first = (_first + 1) & (_frames.Length - 1);
        Count--;
        return frame;
    }
}
