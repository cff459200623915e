using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Computes shapes of shapes: whole numbers of which some are lengths that only the running graph knows.</summary>
internal static class TensorFlowLengths
{
    private const int Most = 64; // shapes are short

    /// <summary>The value of a step, where it is known; else null.</summary>
    public static TensorFlowValue? TryFold(TensorFlowCall call)
    {
        if (call.Op is "Shape" or "Size" or "Rank")
        {
            return OfShape(call);
        }
        if (!call.Inputs.Any(i => i is TensorFlowValue.Lengths) || call.Inputs.Select(Of).ToArray() is not { } inputs)
        {
            return null;
        }
        if (inputs.Any(i => i is null))
        {
            return null;
        }
        var all = inputs.Select(i => i!).ToArray();
        var first = all[0];
        switch (call.Op)
        {
            case "Pack" when call.Int("axis", 0) == 0 && all.All(i => i.IsScalar):
                return new TensorFlowValue.Lengths([.. all.Select(i => i.Elements[0])], false, first.Type);
            case "ConcatV2" when all.SkipLast(1).All(i => !i.IsScalar):
                return new TensorFlowValue.Lengths([.. all.SkipLast(1).SelectMany(i => i.Elements)], false, first.Type);
            case "StridedSlice" when !first.IsScalar:
                return Sliced(call, first);
            case "Slice" when !first.IsScalar:
                return Slice(call, first);
            case "GatherV2" or "Gather" when !first.IsScalar:
                return Gathered(call, first, all[1].IsScalar);
            case "Cast" when call.Type("DstT", TensorFlowDataType.Int32) is ElementType.Int32 or ElementType.Int64:
                return new TensorFlowValue.Lengths(first.Elements, first.IsScalar, call.Type("DstT", 0));
            case "Squeeze" or "Reshape" or "ExpandDims" when first.Elements.Length == 1:
                return Reshaped(call, first);
            case "Prod" when !first.IsScalar && call.Numbers(1) is { Length: 1 }:
                return Product(call, first);
            default:
                return all.Length == 2 ? Pair(call.Op, first, all[1]) : null;
        }
    }

    /// <summary>What a length is that only the running graph knows, and what makes it known.</summary>
    public static string Describe(TensorFlowLength length) =>
        length.Symbol == Dimension.Batch
            ? "the number of samples, which only the running graph knows; save the model for a batch of one"
            : $"the length of axis {length.Axis} of {length.Value}, which the file leaves open; give a sample's shape, such as "
                + "30,8 for 30 steps of 8 numbers, as the input shape (--input-shape)";

    /// <summary>The constant that lengths are where all are known; null where one is not.</summary>
    public static TensorFlowValue.Constant? Known(TensorFlowValue.Lengths lengths, string name) =>
        lengths.Elements.All(e => e.Symbol is null)
            ? new(
                TensorFlowNumbers.MakeWhole(
                    lengths.Type,
                    lengths.IsScalar ? Shape.Scalar : Shape.Of(lengths.Elements.Length),
                    i => lengths.Elements[i].Number
                ),
                name
            )
            : null;

    private static TensorFlowValue.Lengths? Product(TensorFlowCall call, TensorFlowValue.Lengths x)
    {
        var number = x.Elements.Where(e => e.Symbol is null).Aggregate(1L, (a, e) => checked(a * e.Number));
        var symbols = x.Elements.Where(e => e.Symbol is not null).ToArray();
        TensorFlowLength? product =
            symbols.Length == 0 ? new TensorFlowLength(number)
            : symbols.Length == 1 && number == 1 ? symbols[0]
            : null;
        return product is { } only ? new([only], !call.Flag("keep_dims"), x.Type) : null;
    }

    private static TensorFlowValue.Lengths? OfShape(TensorFlowCall call)
    {
        if (call[0] is not TensorFlowValue.Computed || call.Emitter.ShapeOf(call[0]) is not { IsKnown: true } shape)
        {
            return null;
        }
        var type = call.Op == "Rank" ? ElementType.Int32 : call.Type("out_type", TensorFlowDataType.Int32);
        return call.Op switch
        {
            "Shape" => new(
                [.. Enumerable.Range(0, shape.Rank).Select(axis => call.Emitter.Length(call[0], axis))],
                false,
                type
            ),
            "Rank" => new([new(shape.Rank)], true, type),
            _ => shape.IsFixed ? new([new(shape.ElementCount())], true, type) : null,
        };
    }

    private static TensorFlowValue.Lengths? Of(TensorFlowValue value) =>
        value switch
        {
            TensorFlowValue.Lengths lengths => lengths,
            TensorFlowValue.Constant
            {
                Value: { Type: ElementType.Int32 or ElementType.Int64, Shape.Rank: <= 1 } numbers
            } when numbers.Shape.ElementCount() <= Most => Of(numbers),
            _ => null,
        };

    private static TensorFlowValue.Lengths Of(TensorValue value)
    {
        var numbers = TensorFlowNumbers.Of(value);
        return new(
            [.. Enumerable.Range(0, numbers.Count).Select(i => new TensorFlowLength(numbers.Whole(i)))],
            value.Shape.Rank == 0,
            value.Type
        );
    }

    private static TensorFlowValue.Lengths Sliced(TensorFlowCall call, TensorFlowValue.Lengths x)
    {
        var slices = TensorFlowSlices.Of(call, 1);
        var range = slices.Range(0, x.Elements.Length);
        ImmutableArray<TensorFlowLength> taken =
        [
            .. Enumerable.Range(0, (int)range.Count).Select(i => x.Elements[(int)(range.Start + (i * range.Step))]),
        ];
        return slices.Dropped.IsEmpty && slices.Added.IsEmpty ? new(taken, false, x.Type)
            : slices.Added.IsEmpty && taken.Length == 1 ? new(taken, true, x.Type)
            : throw new TensorFlowRefusedException("lengths of shapes are put into a matrix");
    }

    private static TensorFlowValue.Lengths? Slice(TensorFlowCall call, TensorFlowValue.Lengths x)
    {
        if (
            call.Numbers(1) is not [>= 0 and var start]
            || call.Numbers(2) is not [>= -1 and var size]
            || start > x.Elements.Length
        )
        {
            return null;
        }
        var count = size == -1 ? x.Elements.Length - start : Math.Min(size, x.Elements.Length - start);
        return new(x.Elements.Slice((int)start, (int)count), false, x.Type);
    }

    private static TensorFlowValue.Lengths? Gathered(TensorFlowCall call, TensorFlowValue.Lengths x, bool isScalar) =>
        call.Numbers(1) is { } places && places.All(p => p >= 0 && p < x.Elements.Length)
            ? new([.. places.Select(p => x.Elements[(int)p])], isScalar, x.Type)
            : null;

    private static TensorFlowValue.Lengths? Reshaped(TensorFlowCall call, TensorFlowValue.Lengths x) =>
        call.Op switch
        {
            "Squeeze" => new(x.Elements, true, x.Type),
            "ExpandDims" when x.IsScalar => new(x.Elements, false, x.Type),
            "Reshape" when call.Numbers(1) is { Length: <= 1 } shape => new(x.Elements, shape.IsEmpty, x.Type),
            _ => null,
        };

    private static TensorFlowValue.Lengths? Pair(string op, TensorFlowValue.Lengths a, TensorFlowValue.Lengths b)
    {
        var length = Math.Max(a.Elements.Length, b.Elements.Length);
        if (
            TensorFlowFolding.WholePair(op) is not { } function
            || new[] { a, b }.Any(side => side.Elements.Length != length && side.Elements.Length != 1)
        )
        {
            return null;
        }
        var result = ImmutableArray.CreateBuilder<TensorFlowLength>(length);
        for (var i = 0; i < length; i++)
        {
            if (Element(op, function, At(a, i), At(b, i)) is not { } element)
            {
                return null;
            }
            result.Add(element);
        }
        return new(result.MoveToImmutable(), a.IsScalar && b.IsScalar, a.Type);
    }

    private static TensorFlowLength At(TensorFlowValue.Lengths x, int i) => x.Elements[x.Elements.Length == 1 ? 0 : i];

    private static TensorFlowLength? Element(
        string op,
        Func<long, long, long?> function,
        TensorFlowLength a,
        TensorFlowLength b
    )
    {
        if (a.Symbol is null && b.Symbol is null)
        {
            return function(a.Number, b.Number) is { } number ? new TensorFlowLength(number) : null;
        }
        return (op, a.Symbol, a.Number, b.Symbol, b.Number) switch
        {
            ("Add" or "AddV2" or "Sub", not null, _, null, 0) => a,
            ("Add" or "AddV2", null, 0, not null, _) => b,
            ("Mul" or "FloorDiv" or "Div" or "TruncateDiv", not null, _, null, 1) => a,
            ("Mul", null, 1, not null, _) => b,
            ("Maximum", not null, _, null, <= 0) => a,
            ("Maximum", null, <= 0, not null, _) => b,
            _ => null,
        };
    }
}
