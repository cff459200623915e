using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A setting of a node: an AttributeProto. Which of the values counts says <see cref="Kind"/>.</summary>
internal sealed record OnnxAttribute
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it holds.</summary>
    public OnnxAttributeKind Kind { get; init; }

    /// <summary>Inside a function: the function's setting that it takes its value from; else empty.</summary>
    public string RefAttributeName { get; init; } = "";

    /// <summary>The real number.</summary>
    public float F { get; init; }

    /// <summary>The whole number.</summary>
    public long I { get; init; }

    /// <summary>The text's bytes, mostly UTF-8.</summary>
    public ReadOnlyMemory<byte> S { get; init; }

    /// <summary>The tensor.</summary>
    public OnnxTensor? T { get; init; }

    /// <summary>The graph.</summary>
    public OnnxGraph? G { get; init; }

    /// <summary>The type.</summary>
    public OnnxType? Type { get; init; }

    /// <summary>The real numbers.</summary>
    public ImmutableArray<float> Floats { get; init; } = [];

    /// <summary>The whole numbers.</summary>
    public ImmutableArray<long> Ints { get; init; } = [];

    /// <summary>The texts' bytes.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Strings { get; init; } = [];

    /// <summary>The tensors.</summary>
    public ImmutableArray<OnnxTensor> Tensors { get; init; } = [];

    /// <summary>The graphs.</summary>
    public ImmutableArray<OnnxGraph> Graphs { get; init; } = [];

    /// <summary>The text, with a mark in the place of what is not UTF-8.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(S.Span);
}
