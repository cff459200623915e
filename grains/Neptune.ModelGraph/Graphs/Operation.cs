using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>A vertex of a graph: an ONNX operator applied to named values, giving named values.</summary>
public sealed record Operation
{
    /// <summary>A name that is unique in its graph; errors name it.</summary>
    public required string Name { get; init; }

    /// <summary>The operator's name as ONNX spells it, such as <c>Gemm</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Values and parameters read, in the operator's order; an empty name is an input left out.</summary>
    public required ImmutableArray<string> Inputs { get; init; }

    /// <summary>Values made, in the operator's order.</summary>
    public required ImmutableArray<string> Outputs { get; init; }

    /// <summary>Settings by ONNX's names; one left out has ONNX's default.</summary>
    public ImmutableSortedDictionary<string, AttributeValue> Attributes { get; init; } =
        ImmutableSortedDictionary.Create<string, AttributeValue>(StringComparer.Ordinal);

    /// <summary>The whole number called <paramref name="name"/>, or the default where it is left out.</summary>
    /// <exception cref="GraphException">The attribute is of another kind.</exception>
    public long Int(string name, long otherwise) =>
        Attributes.GetValueOrDefault(name) switch
        {
            null => otherwise,
            AttributeValue.Int value => value.Value,
            var other => throw WrongKind(name, "a whole number", other),
        };

    /// <summary>The real number called <paramref name="name"/>, or the default where it is left out.</summary>
    /// <exception cref="GraphException">The attribute is of another kind.</exception>
    public float Float(string name, float otherwise) =>
        Attributes.GetValueOrDefault(name) switch
        {
            null => otherwise,
            AttributeValue.Float value => value.Value,
            AttributeValue.Int value => value.Value,
            var other => throw WrongKind(name, "a real number", other),
        };

    /// <summary>The text called <paramref name="name"/>, or the default where it is left out.</summary>
    /// <exception cref="GraphException">The attribute is of another kind.</exception>
    public string Text(string name, string otherwise) =>
        Attributes.GetValueOrDefault(name) switch
        {
            null => otherwise,
            AttributeValue.Text value => value.Value,
            var other => throw WrongKind(name, "a text", other),
        };

    /// <summary>The whole numbers called <paramref name="name"/>, or the default where they are left out.</summary>
    /// <exception cref="GraphException">The attribute is of another kind.</exception>
    public ImmutableArray<long> Ints(string name, params ImmutableArray<long> otherwise) =>
        Attributes.GetValueOrDefault(name) switch
        {
            null => otherwise,
            AttributeValue.Ints values => values.Values,
            var other => throw WrongKind(name, "a list of whole numbers", other),
        };

    /// <summary>The real numbers called <paramref name="name"/>, or none where they are left out.</summary>
    /// <exception cref="GraphException">The attribute is of another kind.</exception>
    public ImmutableArray<float> Floats(string name) =>
        Attributes.GetValueOrDefault(name) switch
        {
            null => [],
            AttributeValue.Floats values => values.Values,
            var other => throw WrongKind(name, "a list of real numbers", other),
        };

    /// <summary>The texts called <paramref name="name"/>, or none where they are left out.</summary>
    /// <exception cref="GraphException">The attribute is of another kind.</exception>
    public ImmutableArray<string> Texts(string name) =>
        Attributes.GetValueOrDefault(name) switch
        {
            null => [],
            AttributeValue.Texts values => values.Values,
            var other => throw WrongKind(name, "a list of texts", other),
        };

    private GraphException WrongKind(string name, string wanted, AttributeValue found) =>
        new($"Operation {Name} ({Type}): attribute {name} must be {wanted}, and is {found}.");
}
