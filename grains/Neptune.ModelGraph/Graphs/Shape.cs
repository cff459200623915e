using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>The dimensions of a tensor, outermost first; equal when all dimensions are equal.</summary>
public sealed class Shape : IEquatable<Shape>
{
    /// <summary>A shape of the given dimensions; none is a scalar.</summary>
    public Shape(params ImmutableArray<Dimension> dimensions)
        : this(dimensions, isKnown: true) { }

    private Shape(ImmutableArray<Dimension> dimensions, bool isKnown)
    {
        Dimensions = dimensions;
        IsKnown = isKnown;
    }

    /// <summary>The shape of a scalar.</summary>
    public static Shape Scalar { get; } = new([]);

    /// <summary>A shape of which not even the number of dimensions is known before the graph runs.</summary>
    public static Shape Unknown { get; } = new([], isKnown: false);

    /// <summary>False for <see cref="Unknown"/>.</summary>
    public bool IsKnown { get; }

    /// <summary>The dimensions, outermost first; none where the shape is not known.</summary>
    public ImmutableArray<Dimension> Dimensions { get; }

    /// <summary>How many dimensions there are.</summary>
    public int Rank => Dimensions.Length;

    /// <summary>True where every dimension is known.</summary>
    public bool IsFixed => IsKnown && Dimensions.All(d => d.IsFixed);

    /// <summary>The dimension at <paramref name="axis"/>; a negative axis counts from the end, as in ONNX.</summary>
    public Dimension this[int axis] => Dimensions[axis < 0 ? axis + Rank : axis];

    /// <summary>A shape of known lengths.</summary>
    public static Shape Of(params ReadOnlySpan<long> lengths)
    {
        var dimensions = ImmutableArray.CreateBuilder<Dimension>(lengths.Length);
        foreach (var length in lengths)
        {
            dimensions.Add(length);
        }
        return new(dimensions.MoveToImmutable());
    }

    /// <summary>A batch of samples of known shape: <c>[N, ...lengths]</c>.</summary>
    public static Shape OfBatch(params ReadOnlySpan<long> lengths) => Of(lengths).Prepend(Dimension.Batch);

    /// <summary>This shape with one more dimension in front.</summary>
    public Shape Prepend(Dimension first) => !IsKnown ? this : new([first, .. Dimensions]);

    /// <summary>This shape without its first dimension: a sample's shape out of a batch's.</summary>
    public Shape WithoutFirst() => !IsKnown ? this : new([.. Dimensions.Skip(1)]);

    /// <summary>The number of elements.</summary>
    /// <exception cref="InvalidOperationException">A dimension is symbolic.</exception>
    /// <exception cref="OverflowException">There are more elements than a 64-bit number holds.</exception>
    public long ElementCount()
    {
        if (!IsKnown)
        {
            throw new InvalidOperationException("A shape of which nothing is known has no number of elements.");
        }
        var count = 1L;
        foreach (var dimension in Dimensions)
        {
            count = checked(count * dimension.Length);
        }
        return count;
    }

    /// <summary>The lengths as numbers.</summary>
    /// <exception cref="InvalidOperationException">A dimension is symbolic.</exception>
    public long[] ToArray() => [.. Dimensions.Select(d => d.Length)];

    /// <inheritdoc/>
    public bool Equals(Shape? other) =>
        other is not null && IsKnown == other.IsKnown && Dimensions.SequenceEqual(other.Dimensions);

    /// <summary>False where both are known to differ.</summary>
    public bool MayEqual(Shape other) =>
        !IsKnown
        || !other.IsKnown
        || (Rank == other.Rank && Dimensions.Zip(other.Dimensions).All(pair => pair.First.MayEqual(pair.Second)));

    /// <summary>True where all dimensions are equal.</summary>
    public static bool operator ==(Shape? left, Shape? right) => left is null ? right is null : left.Equals(right);

    /// <summary>True where a dimension differs.</summary>
    public static bool operator !=(Shape? left, Shape? right) => !(left == right);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var dimension in Dimensions)
        {
            hash.Add(dimension);
        }
        return hash.ToHashCode();
    }

    /// <summary>For example <c>(N, 28, 28, 1)</c>.</summary>
    public override string ToString() =>
        !IsKnown ? "(...)"
        : Rank == 1 ? $"({Dimensions[0]},)"
        : $"({string.Join(", ", Dimensions)})";
}
