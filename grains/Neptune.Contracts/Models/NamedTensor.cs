using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>A tensor with a name, as it travels.</summary>
[GenerateSerializer, Immutable, Alias("neptune.named-tensor")]
public sealed record NamedTensor
{
    /// <summary>The input's or output's name.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>The element type by Neptune.ModelGraph's names, such as <c>Float32</c>.</summary>
    [Id(1)]
    public required string Type { get; init; }

    /// <summary>The lengths, outermost first.</summary>
    [Id(2)]
    public required ImmutableArray<long> Shape { get; init; }

    /// <summary>The elements in C order, little endian.</summary>
    [Id(3)]
    public required ReadOnlyMemory<byte> Bytes { get; init; }
}
