using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>Whole numbers that are known before a graph runs, or are the length of a dimension: what shapes are made of.</summary>
/// <param name="Elements">In C order. A fixed length is a number from 0; negative numbers are in <see cref="Numbers"/> only.</param>
/// <param name="IsScalar">True for one element without a dimension; false for a vector.</param>
internal sealed record KnownElements(ImmutableArray<KnownElement> Elements, bool IsScalar)
{
    /// <summary>More are not followed: shapes are short.</summary>
    public const int Most = 64;

    /// <summary>The numbers, where all are known; else null.</summary>
    public ImmutableArray<long>? Numbers =>
        Elements.All(e => e.Symbol is null) ? [.. Elements.Select(e => e.Number)] : null;

    public static KnownElements Of(IEnumerable<long> numbers, bool isScalar = false) =>
        new([.. numbers.Select(n => new KnownElement(n))], isScalar);
}
