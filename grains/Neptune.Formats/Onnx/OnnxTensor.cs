using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>
/// A tensor: a TensorProto. Its elements stay where they are, in the bytes of the file or in a file beside it, until
/// <see cref="OnnxTensors.ToValue"/> takes them.
/// </summary>
internal sealed record OnnxTensor
{
    private const int TitleLength = 200;

    /// <summary>Its name; empty for the value of an attribute.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its lengths, outermost first; none is a scalar.</summary>
    public ImmutableArray<long> Dimensions { get; init; } = [];

    /// <summary>The number of the element type: one of <see cref="OnnxDataType"/>, unless it is newer.</summary>
    public int DataType { get; init; }

    /// <summary>The elements, little endian, as a slice of the file; null where they are elsewhere.</summary>
    public ReadOnlyMemory<byte>? RawData { get; init; }

    /// <summary>Where the elements are in another file; null where they are in this one.</summary>
    public OnnxExternalData? ExternalData { get; init; }

    /// <summary>The message itself, for the typed lists.</summary>
    public required ProtobufMessage Message { get; init; }

    /// <summary>How errors name it; a file may hold names without end.</summary>
    public string Title =>
        Name.Length switch
        {
            0 => "a tensor without a name",
            <= TitleLength => $"tensor {Name}",
            _ => $"tensor {Name[..TitleLength]}...",
        };
}
