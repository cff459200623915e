using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>A setting of an operation, of one of ONNX's attribute kinds.</summary>
public abstract record AttributeValue
{
    private AttributeValue() { }

    /// <summary>A whole number.</summary>
    public sealed record Int(long Value) : AttributeValue;

    /// <summary>A real number.</summary>
    public sealed record Float(float Value) : AttributeValue;

    /// <summary>A text.</summary>
    public sealed record Text(string Value) : AttributeValue;

    /// <summary>Whole numbers.</summary>
    public sealed record Ints(ImmutableArray<long> Values) : AttributeValue
    {
        /// <inheritdoc/>
        public bool Equals(Ints? other) => other is not null && Values.SequenceEqual(other.Values);

        /// <inheritdoc/>
        public override int GetHashCode() => Values.Aggregate(17, HashCode.Combine);
    }

    /// <summary>Real numbers.</summary>
    public sealed record Floats(ImmutableArray<float> Values) : AttributeValue
    {
        /// <inheritdoc/>
        public bool Equals(Floats? other) => other is not null && Values.SequenceEqual(other.Values);

        /// <inheritdoc/>
        public override int GetHashCode() => Values.Aggregate(17, HashCode.Combine);
    }

    /// <summary>Texts.</summary>
    public sealed record Texts(ImmutableArray<string> Values) : AttributeValue
    {
        /// <inheritdoc/>
        public bool Equals(Texts? other) =>
            other is not null && Values.SequenceEqual(other.Values, StringComparer.Ordinal);

        /// <inheritdoc/>
        public override int GetHashCode() => Values.Aggregate(17, HashCode.Combine);
    }

    /// <summary>A whole number as an attribute.</summary>
    public static implicit operator AttributeValue(long value) => new Int(value);

    /// <summary>A real number as an attribute.</summary>
    public static implicit operator AttributeValue(float value) => new Float(value);

    /// <summary>A text as an attribute.</summary>
    public static implicit operator AttributeValue(string value) => new Text(value);

    /// <summary>Whole numbers as an attribute.</summary>
    public static implicit operator AttributeValue(long[] values) => new Ints([.. values]);
}
