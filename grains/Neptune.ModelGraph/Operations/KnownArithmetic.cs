using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>Sums, products and the like of elements that are known before a graph runs.</summary>
internal static class KnownArithmetic
{
    /// <summary>
    /// A function of the elements of two inputs, of which one may be a scalar; null where they are not known.
    /// </summary>
    /// <param name="scope">The operation.</param>
    /// <param name="numbers">The function; null where it has no value.</param>
    /// <param name="neutral">The right element with which a left symbol stays what it is.</param>
    /// <param name="commutes">True where left and right may be exchanged.</param>
    public static KnownElements? Of(
        OperationScope scope,
        Func<Int128, Int128, Int128?> numbers,
        long? neutral,
        bool commutes
    )
    {
        if (scope.Known(0) is not { } a || scope.Known(1) is not { } b)
        {
            return null;
        }
        var length = Math.Max(a.Elements.Length, b.Elements.Length);
        if (new[] { a, b }.Any(side => side.Elements.Length != length && side.Elements.Length != 1))
        {
            return null;
        }
        var result = ImmutableArray.CreateBuilder<KnownElement>(length);
        for (var i = 0; i < length; i++)
        {
            var (left, right) = (At(a, i), At(b, i));
            if (left.Symbol is null && right.Symbol is null)
            {
                if (numbers(left.Number, right.Number) is not { } number || number != (long)number)
                {
                    return null;
                }
                result.Add(new((long)number));
            }
            else if (right.Symbol is null && right.Number == neutral)
            {
                result.Add(left);
            }
            else if (commutes && left.Symbol is null && left.Number == neutral)
            {
                result.Add(right);
            }
            else
            {
                result.Add(new(0, Dimension.Unknown));
            }
        }
        return new(result.MoveToImmutable(), a.IsScalar && b.IsScalar);
    }

    /// <summary>1 where elements are equal, else 0; null where that is not known.</summary>
    public static KnownElements? Equal(OperationScope scope)
    {
        if (
            scope.Known(0) is not { } a
            || scope.Known(1) is not { } b
            || (a.Elements.Length != b.Elements.Length && a.Elements.Length != 1 && b.Elements.Length != 1)
        )
        {
            return null;
        }
        var results = Enumerable
            .Range(0, Math.Max(a.Elements.Length, b.Elements.Length))
            .Select(i => AreEqual(At(a, i), At(b, i)))
            .ToArray();
        return results.Any(r => r is null)
            ? null
            : KnownElements.Of(results.Select(r => r == true ? 1L : 0L), a.IsScalar && b.IsScalar);
    }

    /// <summary>The elements that Where picks.</summary>
    public static KnownElements? Where(OperationScope scope)
    {
        if (scope.Numbers(0) is not { } which || scope.Known(1) is not { } a || scope.Known(2) is not { } b)
        {
            return null;
        }
        var length = Math.Max(which.Length, Math.Max(a.Elements.Length, b.Elements.Length));
        return new[] { which.Length, a.Elements.Length, b.Elements.Length }.All(n => n == length || n == 1)
            ? new(
                [.. Enumerable.Range(0, length).Select(i => At(which[which.Length == 1 ? 0 : i] != 0 ? a : b, i))],
                scope.Known(0)!.IsScalar && a.IsScalar && b.IsScalar
            )
            : null;
    }

    // A length is never negative.
    private static bool? AreEqual(KnownElement a, KnownElement b) =>
        (a.Symbol, b.Symbol) switch
        {
            (null, null) => a.Number == b.Number,
            ({ IsUnknown: false } left, { IsUnknown: false } right) when left == right => true,
            ({ IsUnknown: false }, null) when b.Number < 0 => false,
            (null, { IsUnknown: false }) when a.Number < 0 => false,
            _ => null,
        };

    private static KnownElement At(KnownElements elements, int i) =>
        elements.Elements[elements.Elements.Length == 1 ? 0 : i];
}
