using System.Collections.Frozen;
using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Computes what is known before the graph runs: constants of constants, and the arithmetic that makes shapes of the lengths
/// of others.
/// </summary>
internal static class TensorFlowFolding
{
    private const long MostGrowth = 4; // how many times as large a result may be as what it is made of
    private const long SmallElements = 1 << 12;

    private static readonly FrozenDictionary<string, Func<double, double>> Functions = new Dictionary<
        string,
        Func<double, double>
    >
    {
        ["Abs"] = Math.Abs,
        ["Ceil"] = Math.Ceiling,
        ["Exp"] = Math.Exp,
        ["Floor"] = Math.Floor,
        ["Log"] = Math.Log,
        ["Neg"] = x => -x,
        ["Reciprocal"] = x => 1 / x,
        ["Inv"] = x => 1 / x,
        ["Relu"] = x => Math.Max(0, x),
        ["Rint"] = x => Math.Round(x, MidpointRounding.ToEven),
        ["Round"] = x => Math.Round(x, MidpointRounding.ToEven),
        ["Rsqrt"] = x => 1 / Math.Sqrt(x),
        ["Sigmoid"] = x => 1 / (1 + Math.Exp(-x)),
        ["Sqrt"] = Math.Sqrt,
        ["Square"] = x => x * x,
        ["Tanh"] = Math.Tanh,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Func<double, double, double>> Pairs = new Dictionary<
        string,
        Func<double, double, double>
    >
    {
        ["Add"] = (a, b) => a + b,
        ["AddV2"] = (a, b) => a + b,
        ["BiasAdd"] = (a, b) => a + b,
        ["Div"] = (a, b) => a / b,
        ["FloorDiv"] = (a, b) => Math.Floor(a / b),
        ["FloorMod"] = (a, b) => a - (Math.Floor(a / b) * b),
        ["Maximum"] = Math.Max,
        ["Minimum"] = Math.Min,
        ["Mul"] = (a, b) => a * b,
        ["Pow"] = Math.Pow,
        ["RealDiv"] = (a, b) => a / b,
        ["SquaredDifference"] = (a, b) => (a - b) * (a - b),
        ["Sub"] = (a, b) => a - b,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Func<long, long, long?>> WholePairs = new Dictionary<
        string,
        Func<long, long, long?>
    >
    {
        ["Add"] = (a, b) => checked(a + b),
        ["AddV2"] = (a, b) => checked(a + b),
        ["Div"] = (a, b) => b == 0 ? null : a / b,
        ["FloorDiv"] = (a, b) => b == 0 ? null : FloorDivide(a, b),
        ["FloorMod"] = (a, b) => b == 0 ? null : a - (FloorDivide(a, b) * b),
        ["Maximum"] = (a, b) => Math.Max(a, b),
        ["Minimum"] = (a, b) => Math.Min(a, b),
        ["Mod"] = (a, b) => b is 0 or -1 ? null : a % b,
        ["Mul"] = (a, b) => checked(a * b),
        ["Sub"] = (a, b) => checked(a - b),
        ["TruncateDiv"] = (a, b) => b is 0 or -1 ? null : a / b,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Func<double, double, bool>> Comparisons = new Dictionary<
        string,
        Func<double, double, bool>
    >
    {
        ["Equal"] = (a, b) => a == b,
        ["Greater"] = (a, b) => a > b,
        ["GreaterEqual"] = (a, b) => a >= b,
        ["Less"] = (a, b) => a < b,
        ["LessEqual"] = (a, b) => a <= b,
        ["LogicalAnd"] = (a, b) => a != 0 && b != 0,
        ["LogicalOr"] = (a, b) => a != 0 || b != 0,
        ["NotEqual"] = (a, b) => a != b,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The value of a step, where it is known; else null.</summary>
    public static TensorFlowValue? TryFold(TensorFlowCall call)
    {
        var constants = call
            .Inputs.Select(i => i is TensorFlowValue.Lengths known ? TensorFlowLengths.Known(known, call.Name) : i)
            .OfType<TensorFlowValue.Constant>()
            .ToArray();
        if (constants.Length == call.Inputs.Length && constants.Length > 0)
        {
            return OfConstants(call, constants) is { } value
                ? new TensorFlowValue.Constant(value, NameOf(call, constants))
                : null;
        }
        return call.Inputs.Any(i => i is TensorFlowValue.Uniform)
            ? TensorFlowRandom.TryFold(call)
            : TensorFlowLengths.TryFold(call);
    }

    /// <summary>The whole-number function of an operator of two inputs; null where it has none.</summary>
    public static Func<long, long, long?>? WholePair(string op) => WholePairs.GetValueOrDefault(op);

    // What is made of one weight and settings keeps the weight's name.
    private static string NameOf(TensorFlowCall call, TensorFlowValue.Constant[] constants) =>
        constants
            .Where(c => c.Value.Type.IsFloating() && c.Value.Shape.ElementCount() > 1)
            .Select(c => c.Name)
            .ToArray()
            is [var one]
            ? call.Op == "StridedSlice"
                ? PartName(call, constants[0], one)
                : one
            : call.Name;

    // Where a part begins tells it from others of the same weight.
    private static string PartName(TensorFlowCall call, TensorFlowValue.Constant weight, string name)
    {
        var slices = TensorFlowSlices.Of(call, weight.Value.Shape.Rank);
        var lengths = weight.Value.Shape.ToArray();
        var starts = lengths.Select((length, axis) => slices.Range(axis, length).Start);
        return $"{name}.{string.Join('_', starts)}";
    }

    private static TensorValue? OfConstants(TensorFlowCall call, TensorFlowValue.Constant[] constants)
    {
        if (constants.Length == 1 && Functions.TryGetValue(call.Op, out var function))
        {
            var x = TensorFlowNumbers.Of(constants[0].Value);
            return x.IsReal ? TensorFlowNumbers.Make(x.Type, x.Shape, i => function(x.At(i)))
                : call.Op is "Abs" or "Neg" or "Square" or "Relu"
                    ? TensorFlowNumbers.MakeWhole(x.Type, x.Shape, i => (long)function(x.Whole(i)))
                : null;
        }
        if (call.Op == "LogicalNot" && constants.Length == 1)
        {
            var x = TensorFlowNumbers.Of(constants[0].Value);
            return TensorFlowNumbers.MakeWhole(ElementType.Boolean, x.Shape, i => x.Whole(i) == 0 ? 1 : 0);
        }
        if (call.Op == "Cast")
        {
            return Cast(constants[0].Value, call.Type("DstT", 0));
        }
        if (constants.Length == 2 && OfPair(call.Op, constants[0].Value, constants[1].Value) is { } pair)
        {
            return pair;
        }
        return TensorFlowConstantShapes.TryFold(call, constants);
    }

    private static TensorValue Cast(TensorValue value, ElementType type)
    {
        var x = TensorFlowNumbers.Of(value);
        return type == value.Type ? value
            : type.IsFloating() ? TensorFlowNumbers.Make(type, x.Shape, x.At)
            : type == ElementType.Boolean ? TensorFlowNumbers.MakeWhole(type, x.Shape, i => x.At(i) != 0 ? 1 : 0)
            : TensorFlowNumbers.MakeWhole(type, x.Shape, x.Whole);
    }

    private static TensorValue? OfPair(string op, TensorValue first, TensorValue second)
    {
        var isComparison = Comparisons.TryGetValue(op, out var compare);
        if (
            (!isComparison && !Pairs.ContainsKey(op) && !WholePairs.ContainsKey(op))
            || first.Type != second.Type
            || Broadcast(first.Shape, second.Shape) is not { } shape
            || !IsSmall(shape, first, second)
        )
        {
            return null;
        }
        var (a, b) = (TensorFlowNumbers.Of(first), TensorFlowNumbers.Of(second));
        var (atA, atB) = (Places(first.Shape, shape), Places(second.Shape, shape));
        if (isComparison)
        {
            return TensorFlowNumbers.MakeWhole(
                ElementType.Boolean,
                shape,
                i => compare!(a.At(atA(i)), b.At(atB(i))) ? 1 : 0
            );
        }
        if (a.IsReal)
        {
            return Pairs.TryGetValue(op, out var real)
                ? TensorFlowNumbers.Make(a.Type, shape, i => real(a.At(atA(i)), b.At(atB(i))))
                : null;
        }
        if (!WholePairs.TryGetValue(op, out var whole))
        {
            return null;
        }
        var isDefined = true;
        var result = TensorFlowNumbers.MakeWhole(
            a.Type,
            shape,
            i =>
            {
                var element = whole(a.Whole(atA(i)), b.Whole(atB(i)));
                isDefined &= element is not null;
                return element ?? 0;
            }
        );
        return isDefined ? result : null;
    }

    /// <summary>The shape of what two shapes broadcast to, as in NumPy; null where they do not.</summary>
    internal static Shape? Broadcast(Shape a, Shape b)
    {
        var rank = Math.Max(a.Rank, b.Rank);
        var lengths = new long[rank];
        for (var i = 0; i < rank; i++)
        {
            var left = i < rank - a.Rank ? 1 : a[i - (rank - a.Rank)].Length;
            var right = i < rank - b.Rank ? 1 : b[i - (rank - b.Rank)].Length;
            if (left != right && left != 1 && right != 1)
            {
                return null;
            }
            lengths[i] = left == 1 ? right : left;
        }
        return Shape.Of(lengths);
    }

    private static bool IsSmall(Shape shape, TensorValue a, TensorValue b) =>
        ElementType.UInt8.SizeBytes(shape.ToArray())
        <= Math.Max(SmallElements, MostGrowth * (a.Shape.ElementCount() + b.Shape.ElementCount()));

    // The place of an element of the larger shape in a tensor of the smaller one.
    private static Func<int, int> Places(Shape shape, Shape broadcast)
    {
        if (shape == broadcast)
        {
            return i => i;
        }
        if (shape.ElementCount() == 1)
        {
            return _ => 0;
        }
        var (own, all) = (StridedCopy.Strides(shape), StridedCopy.Strides(broadcast));
        var missing = broadcast.Rank - shape.Rank;
        var axes = Enumerable
            .Range(0, shape.Rank)
            .Where(i => shape[i].Length != 1)
            .Select(i => (Own: own[i], All: all[i + missing], Length: shape[i].Length))
            .ToArray();
        return i =>
        {
            var place = 0L;
            foreach (var axis in axes)
            {
                place += i / axis.All % axis.Length * axis.Own;
            }
            return (int)place;
        };
    }

    private static long FloorDivide(long a, long b) => (long)Math.Floor((decimal)a / b);
}
