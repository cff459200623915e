using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A setting of a node: an AttrValue, of which one member is set.</summary>
internal sealed record TensorFlowAttribute
{
    /// <summary>A text.</summary>
    public string? Text { get; init; }

    /// <summary>A whole number.</summary>
    public long? Int { get; init; }

    /// <summary>A real number.</summary>
    public float? Float { get; init; }

    /// <summary>A truth value.</summary>
    public bool? Bool { get; init; }

    /// <summary>The number of an element type.</summary>
    public int? Type { get; init; }

    /// <summary>A shape.</summary>
    public TensorFlowShape? Shape { get; init; }

    /// <summary>A tensor.</summary>
    public TensorFlowTensor? Tensor { get; init; }

    /// <summary>The name of a function.</summary>
    public string? Function { get; init; }

    /// <summary>Whole numbers.</summary>
    public ImmutableArray<long> Ints { get; init; } = [];

    /// <summary>Texts.</summary>
    public ImmutableArray<string> Texts { get; init; } = [];
}
