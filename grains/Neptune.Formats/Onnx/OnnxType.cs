using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>What a value is: a TypeProto.</summary>
internal sealed record OnnxType
{
    /// <summary>The type of which nothing is known.</summary>
    public static OnnxType Unknown { get; } = new();

    /// <summary>A tensor, a sequence, or something else.</summary>
    public OnnxValueKind Kind { get; init; }

    /// <summary>A tensor's element type (see <see cref="OnnxDataType"/>); for maps that of the keys.</summary>
    public int ElementType { get; init; }

    /// <summary>For tensors, the dimensions; null where not even their number is known.</summary>
    public ImmutableArray<OnnxDimension>? Dimensions { get; init; }

    /// <summary>What a sequence, an optional or a map's values hold; else null.</summary>
    public OnnxType? Element { get; init; }
}
