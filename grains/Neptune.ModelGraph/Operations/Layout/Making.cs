using static Neptune.ModelGraph.Operations.AttributeDefinition;
using static Neptune.ModelGraph.Operations.ElementKind;
using static Neptune.ModelGraph.Operations.ShapeRules;

namespace Neptune.ModelGraph.Operations;

/// <summary>Tensors made of lengths and bounds, and lengths made of tensors.</summary>
internal sealed class Making : IOperationFamily
{
    public IEnumerable<IOperationDefinition> Members =>
        [
            new FunctionDefinition("Shape", "data", _ => ElementType.Int64, ShapeOf, Int("start"), Int("end"))
            {
                Knows = KnowShape,
            },
            new FunctionDefinition("Size", "data", _ => ElementType.Int64, _ => Shape.Scalar)
            {
                Knows = scope =>
                    scope.Shape(0).IsKnown
                        ? new([KnownElement.Of(Product(scope.Shape(0).Dimensions))], IsScalar: true)
                        : null,
            },
            new FunctionDefinition("Range", "start limit delta", Number.OfAll, Range) { Knows = KnowRange },
            new FunctionDefinition(
                "ConstantOfShape",
                "input",
                scope => Fill(scope).Type,
                scope => OfLengths(scope, 0),
                Text("type"),
                Ints("shape"),
                Text("value")
            )
            {
                Knows = KnowFilled,
            },
            new FunctionDefinition(
                "EyeLike",
                "input",
                scope => NamedType.Of(scope, "dtype", scope[0].Type),
                scope => scope.ShapeOfRank(0, 2, "a matrix"),
                Text("dtype"),
                Int("k")
            ),
        ];

    private static (int First, int Last) Bounds(OperationScope scope)
    {
        var rank = scope.Shape(0).Rank;
        var start = scope.Operation.Int("start", 0);
        var end = scope.Operation.Int("end", rank);
        var first = (int)Math.Clamp(start < 0 ? start + rank : start, 0, rank);
        return (first, Math.Max(first, (int)Math.Clamp(end < 0 ? end + rank : end, 0, rank)));
    }

    private static Shape ShapeOf(OperationScope scope)
    {
        var (first, last) = Bounds(scope);
        return Shape.Of(last - first);
    }

    private static KnownElements? KnowShape(OperationScope scope)
    {
        if (!scope.Shape(0).IsKnown)
        {
            return null;
        }
        var (first, last) = Bounds(scope);
        return new([.. scope.Shape(0).Dimensions[first..last].Select(KnownElement.Of)], false);
    }

    private static Shape Range(OperationScope scope)
    {
        for (var i = 0; i < 3; i++)
        {
            if (!scope.Shape(i).MayEqual(Shape.Scalar) && !scope.Shape(i).MayEqual(Shape.Of(1)))
            {
                throw scope.Error($"{scope.NameOf(i)} has shape {scope.Shape(i)}, and must be a scalar.");
            }
        }
        if (scope.Numbers(2) is [0])
        {
            throw scope.Error("delta is 0. Give a step forward or backward.");
        }
        return scope.Numbers(0) is [var start] && scope.Numbers(2) is [var delta]
            ? scope.Numbers(1) is [var limit]
                ? Shape.Of(CountOf(start, limit, delta))
                : start == 0 && delta == 1 && scope.Known(1) is { Elements: [var length] }
                    ? new(length.AsDimension())
                    : new(Dimension.Unknown)
            : new(Dimension.Unknown);
    }

    private static long CountOf(long start, long limit, long delta)
    {
        var count = ((Int128)limit - start) / delta;
        count +=
            ((Int128)limit - start) % delta != 0 && count * delta + start != limit && (limit > start) == (delta > 0)
                ? 1
                : 0;
        return (long)Int128.Max(0, count);
    }

    private static KnownElements? KnowRange(OperationScope scope) =>
        scope.Numbers(0) is [var start]
        && scope.Numbers(1) is [var limit]
        && scope.Numbers(2) is [not 0 and var delta]
        && CountOf(start, limit, delta) is <= KnownElements.Most and var count
            ? KnownElements.Of(Enumerable.Range(0, (int)count).Select(i => start + (i * delta)))
            : null;

    private static TensorValue Fill(OperationScope scope)
    {
        if (scope.Operation.Attributes.IsEmpty)
        {
            return TensorValue.Of(Shape.Of(1), [0]);
        }
        try
        {
            return ConstantValue.Of(scope.Operation) is { Shape: var shape } value && shape.ElementCount() == 1
                ? value
                : throw scope.Error("value must have one element.");
        }
        catch (FormatException problem)
        {
            throw scope.Error(problem.Message);
        }
    }

    private static KnownElements? KnowFilled(OperationScope scope)
    {
        var value = Fill(scope);
        return
            scope.Numbers(0) is [>= 0 and <= KnownElements.Most and var length]
            && value.Type is ElementType.Int64 or ElementType.Int32
            ? KnownElements.Of(
                Enumerable.Repeat(
                    value.Type == ElementType.Int64
                        ? BitConverter.ToInt64(value.Bytes.Span)
                        : BitConverter.ToInt32(value.Bytes.Span),
                    (int)length
                )
            )
            : null;
    }
}
