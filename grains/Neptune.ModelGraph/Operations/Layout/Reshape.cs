using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// The same elements in the shape given by the attribute or the input <c>shape</c>: 0 copies the input's length
/// at that place
/// (unless <c>allowzero</c> is 1), one -1 takes what is left.
/// </summary>
internal sealed class Reshape : IOperationDefinition
{
    public string Type => "Reshape";

    public ImmutableArray<string> Inputs => ["data", "shape"];

    public int RequiredInputs => 1;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [AttributeDefinition.Ints("shape"), AttributeDefinition.Int("allowzero")];

    public TensorType Infer(OperationScope scope)
    {
        var (type, input) = (scope[0].Type, scope.Shape(0));
        var known = scope.Operation.Attributes.ContainsKey("shape")
            ? KnownElements.Of(scope.Operation.Ints("shape"))
            : scope.Known(1);
        if (known is null)
        {
            return scope.Has(1)
                ? new(type, ShapeRules.OfUnknownLengths(scope.Shape(1)))
                : throw scope.Error("shape is missing. Give the target lengths, such as (0, -1).");
        }
        var target = known.Elements;
        if (target.Any(e => e.Symbol is null && e.Number < -1) || target.Count(IsFree) > 1)
        {
            throw scope.Error($"shape is ({Text(target)}). Lengths are at least 0, and one may be -1.");
        }
        var copies = scope.Operation.Int("allowzero", 0) == 0;
        var result = new Dimension[target.Length];
        for (var i = 0; i < target.Length; i++)
        {
            var isCopy = copies && target[i] is { Symbol: null, Number: 0 };
            if (isCopy && i >= input.Rank)
            {
                throw scope.Error(
                    $"shape has 0 (copy) at place {i}, and data has shape {input}. Give the length there."
                );
            }
            result[i] = isCopy ? input[i] : target[i].AsDimension();
        }
        Complete(scope, input, target, result);
        return new(type, new([.. result]));
    }

    public KnownElements? Know(OperationScope scope) =>
        scope.Known(0) is { } known && Infer(scope).Shape is { IsKnown: true, Rank: <= 1 } shape
            ? known with
            {
                IsScalar = shape.Rank == 0,
            }
            : null;

    // What is left of both sides, once lengths that stand on both are taken away, must be equal; a free length
    // takes the rest.
    private static void Complete(
        OperationScope scope,
        Shape input,
        ImmutableArray<KnownElement> target,
        Dimension[] result
    )
    {
        var free = target.IndexOf(new(-1));
        var left = input.Dimensions.ToList();
        var open = false;
        for (var i = 0; i < result.Length; i++)
        {
            // A computed length of which nothing is known need not be any of the input's.
            open |=
                target[i].Symbol is { IsUnknown: true } || (!result[i].IsFixed && i != free && !left.Remove(result[i]));
        }
        var symbols = left.Where(d => !d.IsFixed).ToArray();
        open |= left.Any(d => d.IsUnknown);
        var rest = left.Where(d => d.IsFixed).Aggregate(1L, (product, d) => checked(product * d.Length));
        var given = result
            .Where((d, i) => i != free && d.IsFixed)
            .Aggregate(1L, (product, d) => checked(product * d.Length));
        if (free >= 0 && !open && symbols.Length == 1 && rest == given)
        {
            result[free] = symbols[0];
        }
        else if (free >= 0 && !open && symbols.Length == 0 && given > 0 && rest % given == 0)
        {
            result[free] = rest / given;
        }
        else if (free >= 0 && (open || symbols.Length > 1 || (symbols.Length == 1 && given > 0 && rest % given == 0)))
        {
            result[free] = Dimension.Unknown;
        }
        else if (!open && (free >= 0 || rest != given || (symbols.Length > 0 && rest != 0)))
        {
            throw scope.Error(
                $"data has shape {input}, which does not reshape to ({Text(target)}). "
                    + "Make the number of elements per sample equal, and keep the batch dimension (0)."
            );
        }
    }

    private static bool IsFree(KnownElement element) => element is { Symbol: null, Number: -1 };

    private static string Text(IEnumerable<KnownElement> elements) =>
        string.Join(", ", elements.Select(e => e.Symbol?.ToString() ?? $"{e.Number}"));
}
