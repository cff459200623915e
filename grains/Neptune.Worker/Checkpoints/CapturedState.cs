namespace Neptune.Worker;

/// <summary>
/// A copy of a state, or of a part of one, in buffers that the next copy overwrites: until it is disposed there is
/// none.
/// </summary>
internal sealed class CapturedState(StateFacts facts, StatePart part, int[] lengths, float[][] kept, Action release)
    : IDisposable
{
    private Action? _release = release;

    /// <summary>The state beside its vectors.</summary>
    public StateFacts Facts => facts;

    /// <summary>Which part of each vector it has.</summary>
    public StatePart Part => part;

    /// <summary>How many vectors the state has.</summary>
    public int Vectors => lengths.Length;

    /// <summary>The whole length of a vector.</summary>
    public int LengthOf(int vector) => lengths[vector];

    /// <summary>The part's values of a vector.</summary>
    public ReadOnlyMemory<float> this[int vector]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_release is null, this);
            var (start, end) = part.Of(lengths[vector]);
            return kept[vector].AsMemory(0, end - start);
        }
    }

    /// <summary>Lets the next copy be made.</summary>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
