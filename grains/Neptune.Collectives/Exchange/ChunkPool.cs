namespace Neptune.Collectives;

/// <summary>
/// Room for received partial sums, kept from step to step. The one given back last is taken first: it is still in the
/// processor's cache.
/// </summary>
internal sealed class ChunkPool(int chunkLength)
{
    private readonly Stack<float[]> _free = new();
    private int _made;

    /// <summary>Makes room beforehand.</summary>
    public void Reserve(int count)
    {
        while (_made < count)
            _free.Push(Make());
    }

    public float[] Take() => _free.TryPop(out var chunk) ? chunk : Make();

    public void Return(float[] chunk) => _free.Push(chunk);

    private float[] Make()
    {
        _made++;
        return GC.AllocateUninitializedArray<float>(chunkLength, pinned: true);
    }
}
