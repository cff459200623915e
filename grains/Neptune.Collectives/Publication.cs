namespace Neptune.Collectives;

/// <summary>What a rank brings to an all-reduce; kept from call to call.</summary>
internal sealed class Publication
{
    private PartialSum[] _partials = new PartialSum[8];
    private int _count;

    public int Shards { get; private set; }

    public Memory<float> Result { get; private set; }

    public ReadOnlySpan<PartialSum> Partials => _partials.AsSpan(0, _count);

    public void Set(int shards, ReadOnlySpan<PartialSum> partials, Memory<float> result)
    {
        if (_partials.Length < partials.Length)
            _partials = new PartialSum[partials.Length * 2];
        partials.CopyTo(_partials);
        _count = partials.Length;
        Shards = shards;
        Result = result;
    }
}
