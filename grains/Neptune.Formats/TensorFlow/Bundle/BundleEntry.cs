using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A BundleEntryProto: where a tensor of a checkpoint lies.</summary>
internal sealed record BundleEntry
{
    /// <summary>The number of the element type.</summary>
    public int DataType { get; init; }

    /// <summary>Its lengths.</summary>
    public TensorFlowShape Shape { get; init; } = new(ImmutableArray<long>.Empty);

    /// <summary>The number of the data file.</summary>
    public int Shard { get; init; }

    /// <summary>The position of the first byte there.</summary>
    public long Offset { get; init; }

    /// <summary>How many bytes it has.</summary>
    public long Size { get; init; }

    /// <summary>The masked CRC-32C of the bytes.</summary>
    public uint Checksum { get; init; }

    /// <summary>True where the tensor is in parts, each under a key of its own.</summary>
    public bool IsSliced { get; init; }
}
