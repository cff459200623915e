using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Functions of elements.</summary>
internal static class TensorFlowElementwise
{
    private const string Added = "what is added or multiplied, unless it scales the input";

    /// <summary>Its operators.</summary>
    public static IEnumerable<TensorFlowOperator> Operators =>
        [
            .. Same("Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Floor Log Neg Relu Selu Sigmoid"),
            .. Same("Sign Sin Sinh Softplus Softsign Sqrt Tan Tanh"),
            .. TensorFlowOperator.Of("Rint Round", call => Function(call, "Round"), "halves go to even numbers"),
            .. TensorFlowOperator.Of("Reciprocal Inv", call => Function(call, "Reciprocal")),
            .. TensorFlowOperator.Of("Relu6", call => Function(call, "Clip", ("min", 0f), ("max", 6f))),
            .. TensorFlowOperator.Of(
                "LeakyRelu",
                call => Function(call, "LeakyRelu", ("alpha", call.Float("alpha", 0.2f))),
                "alpha"
            ),
            .. TensorFlowOperator.Of("Rsqrt", call => Chain(call, "Sqrt", "Reciprocal")),
            .. TensorFlowOperator.Of("Square", Square),
            .. TensorFlowOperator.Of("Log1p", call => WithOne(call, "Add", "Log")),
            .. TensorFlowOperator.Of("Expm1", Expm1),
            .. TensorFlowOperator.Of("Erfc", Erfc),
            .. TensorFlowOperator.Of("LogicalNot", call => Function(call, "Not")),
            .. TensorFlowOperator.Of("IsNan", call => Function(call, "IsNaN")),
            .. TensorFlowOperator.Of("IsInf", call => Function(call, "IsInf")),
            .. TensorFlowOperator.Of("Softmax LogSoftmax", Softmax),
            .. TensorFlowOperator.Of("Cast", Cast, "between types that are computed with"),
            .. TensorFlowOperator.Of("Add AddV2", call => Sum(call, "Add"), "", Added),
            .. TensorFlowOperator.Of("Mul", call => Sum(call, "Mul"), "", Added),
            .. TensorFlowOperator.Of("Sub", call => Pair(call, "Sub")),
            .. TensorFlowOperator.Of("RealDiv", call => Pair(call, "Div")),
            .. TensorFlowOperator.Of("Div TruncateDiv", call => Pair(call, "Div")),
            .. TensorFlowOperator.Of("DivNoNan", DivideOrZero),
            .. TensorFlowOperator.Of("FloorDiv", FloorDivide),
            .. TensorFlowOperator.Of("FloorMod", FloorRemainder),
            .. TensorFlowOperator.Of("Mod TruncateMod", call => Pair(call, "Mod", ("fmod", 1L))),
            .. TensorFlowOperator.Of("Maximum", call => Pair(call, "Max")),
            .. TensorFlowOperator.Of("Minimum", call => Pair(call, "Min")),
            .. TensorFlowOperator.Of("Pow", call => Pair(call, "Pow")),
            .. TensorFlowOperator.Of("SquaredDifference", SquaredDifference),
            .. TensorFlowOperator.Of("AddN", AddN),
            .. TensorFlowOperator.Of("BiasAdd BiasAddV1", Bias, "data_format", "the bias"),
            .. TensorFlowOperator.Of("ClipByValue", Clip),
            .. TensorFlowOperator.Of("Prelu", Prelu, "", "alpha"),
            .. TensorFlowOperator.Of("Equal", call => Pair(call, "Equal")),
            .. TensorFlowOperator.Of("NotEqual", NotEqual),
            .. TensorFlowOperator.Of("Greater", call => Pair(call, "Greater")),
            .. TensorFlowOperator.Of("GreaterEqual", call => Pair(call, "GreaterOrEqual")),
            .. TensorFlowOperator.Of("Less", call => Pair(call, "Less")),
            .. TensorFlowOperator.Of("LessEqual", call => Pair(call, "LessOrEqual")),
            .. TensorFlowOperator.Of("LogicalAnd", call => Pair(call, "And")),
            .. TensorFlowOperator.Of("LogicalOr", call => Pair(call, "Or")),
            .. TensorFlowOperator.Of(
                "Select SelectV2",
                Select,
                "a condition for each element, or for each of the first axis"
            ),
            .. TensorFlowOperator.Of("ZerosLike", call => Like(call, 0)),
            .. TensorFlowOperator.Of("OnesLike", call => Like(call, 1)),
        ];

    /// <summary>An operation of one input that leaves the layout as it is.</summary>
    public static TensorFlowValue Function(
        TensorFlowCall call,
        string type,
        params ReadOnlySpan<(string, AttributeValue)> attributes
    )
    {
        var x = TensorFlowTogether.Of(call, false, 0);
        return x.Value(call.Emit(type, x.Names, attributes));
    }

    /// <summary>Adds a bias along the channels.</summary>
    /// <param name="call">The step, under whose name it is added.</param>
    /// <param name="x">What it is added to.</param>
    /// <param name="bias">The bias.</param>
    /// <param name="isFirst">True where the file itself has channels at the second place.</param>
    public static TensorFlowValue AddBias(TensorFlowCall call, TensorFlowValue x, TensorFlowValue bias, bool isFirst)
    {
        var emitter = call.Emitter;
        if (emitter.ShapeOf(bias) is not { IsKnown: true, Rank: 1 })
        {
            var both = TensorFlowTogether.Of(call.WithInputs([x, bias]), isTrained: true);
            return both.Value(call.Emit("Add", both.Names));
        }
        var rank = emitter.ShapeOf(x).Rank;
        var isTurned = x is TensorFlowValue.Computed { IsChannelsFirst: true };
        var behind = isTurned || isFirst ? Math.Max(0, rank - 2) : 0;
        var name = Column(emitter, bias, behind);
        var value = isTurned ? emitter.ChannelsFirst(x) : emitter.Plain(x);
        return new TensorFlowValue.Computed(call.Emit("Add", [value, name]), isTurned);
    }

    private static IEnumerable<TensorFlowOperator> Same(string names) =>
        names.Split(' ').SelectMany(name => TensorFlowOperator.Of(name, call => Function(call, name)));

    private static string Column(TensorFlowEmitter emitter, TensorFlowValue bias, int behind)
    {
        if (bias is TensorFlowValue.Constant constant)
        {
            Shape? shape =
                behind == 0
                    ? null
                    : new([.. constant.Value.Shape.Dimensions, .. Enumerable.Repeat<Dimension>(1, behind)]);
            return emitter.Weight(constant, "bias", isTrained: true, null, shape, isLayer: true);
        }
        var name = emitter.Plain(bias);
        return behind == 0
            ? name
            : emitter.Emit(
                "Unsqueeze",
                $"{name}.column",
                [name],
                ("axes", (long[])[.. Enumerable.Range(1, behind).Select(i => (long)i)])
            );
    }

    private static TensorFlowValue Bias(TensorFlowCall call) =>
        AddBias(call, call[0], call[1], call.Text("data_format", "NHWC") is "NCHW" or "NCDHW");

    private static TensorFlowValue Pair(
        TensorFlowCall call,
        string type,
        params ReadOnlySpan<(string, AttributeValue)> attributes
    )
    {
        if (type is "Sub" or "Div" && IsNeutral(call, 1, type == "Sub" ? 0 : 1))
        {
            return call[0];
        }
        var both = TensorFlowTogether.Of(call, false, 0, 1);
        return both.Value(call.Emit(type, both.Names, attributes));
    }

    private static TensorFlowValue Sum(TensorFlowCall call, string type)
    {
        var neutral = type == "Add" ? 0 : 1;
        if (IsNeutral(call, 1, neutral) || IsNeutral(call, 0, neutral))
        {
            return call[IsNeutral(call, 1, neutral) ? 0 : 1];
        }
        // What is added to or multiplied with the input itself scales the data.
        var isTrained = !call.Inputs.Any(call.Emitter.IsInput);
        var both = TensorFlowTogether.Of(call, isTrained, 0, 1);
        return both.Value(call.Emit(type, both.Names));
    }

    // A single number that changes nothing, not even the shape.
    private static bool IsNeutral(TensorFlowCall call, int input, double neutral) =>
        call.Number(input) == neutral
        && call[1 - input] is TensorFlowValue.Computed other
        && call.Emitter.ShapeOf(other) is { IsKnown: true } shape
        && call.Emitter.ShapeOf(call[input]).Rank <= shape.Rank;

    private static TensorFlowValue Chain(TensorFlowCall call, string first, string second)
    {
        var x = TensorFlowTogether.Of(call, false, 0);
        var inner = call.Emitter.Emit(first, $"{call.Name}.{first}", x.Names);
        return x.Value(call.Emit(second, [inner]));
    }

    private static TensorFlowValue Square(TensorFlowCall call)
    {
        var x = TensorFlowTogether.Of(call, false, 0);
        return x.Value(call.Emit("Mul", [x.Names[0], x.Names[0]]));
    }

    private static TensorFlowValue WithOne(TensorFlowCall call, string first, string second)
    {
        var x = TensorFlowTogether.Of(call, false, 0);
        var one = Number(call, 1);
        var inner = call.Emitter.Emit(first, $"{call.Name}.{first}", [x.Names[0], one]);
        return x.Value(call.Emit(second, [inner]));
    }

    private static TensorFlowValue Expm1(TensorFlowCall call)
    {
        var x = TensorFlowTogether.Of(call, false, 0);
        var exp = call.Emitter.Emit("Exp", $"{call.Name}.exp", x.Names);
        return x.Value(call.Emit("Sub", [exp, Number(call, 1)]));
    }

    private static TensorFlowValue Erfc(TensorFlowCall call)
    {
        var x = TensorFlowTogether.Of(call, false, 0);
        var erf = call.Emitter.Emit("Erf", $"{call.Name}.erf", x.Names);
        return x.Value(call.Emit("Sub", [Number(call, 1), erf]));
    }

    // A number of the type of the first input.
    private static string Number(TensorFlowCall call, double number) =>
        call.Emitter.Constant($"{call.Name}.number", NumberOf(call.TypeOf(0), number));

    private static TensorValue NumberOf(ElementType type, double number) =>
        type.IsFloating()
            ? TensorFlowNumbers.Make(type, Shape.Scalar, _ => number)
            : TensorFlowNumbers.MakeWhole(type, Shape.Scalar, _ => (long)number);

    private static TensorFlowValue Softmax(TensorFlowCall call)
    {
        _ = call.ShapeOf(0);
        var x = TensorFlowTogether.Of(call, false, 0);
        return x.Value(call.Emit(call.Op, x.Names, ("axis", x.IsChannelsFirst ? 1L : -1L)));
    }

    private static TensorFlowValue Cast(TensorFlowCall call)
    {
        var type = call.Type("DstT", 0);
        return type == call.TypeOf(0) ? call[0] : Function(call, "Cast", ("to", type.ToString()));
    }

    private static TensorFlowValue DivideOrZero(TensorFlowCall call)
    {
        var both = TensorFlowTogether.Of(call, false, 0, 1);
        var zero = Number(call, 0);
        var isZero = call.Emitter.Emit("Equal", $"{call.Name}.is_zero", [both.Names[1], zero]);
        var quotient = call.Emitter.Emit("Div", $"{call.Name}.quotient", both.Names);
        return both.Value(call.Emit("Where", [isZero, zero, quotient]));
    }

    // Whole numbers are divided as binary64, which holds those of up to 53 bits.
    private static TensorFlowValue FloorDivide(TensorFlowCall call)
    {
        var both = TensorFlowTogether.Of(call, false, 0, 1);
        var type = call.TypeOf(0);
        var names = both.Names;
        if (!type.IsFloating())
        {
            names = [.. names.Select(n => call.Emitter.Emit("Cast", $"{n}.real", [n], ("to", "Float64")))];
        }
        var quotient = call.Emitter.Emit("Div", $"{call.Name}.quotient", names);
        if (type.IsFloating())
        {
            return both.Value(call.Emit("Floor", [quotient]));
        }
        var floor = call.Emitter.Emit("Floor", $"{call.Name}.floor", [quotient]);
        return both.Value(call.Emit("Cast", [floor], ("to", type.ToString())));
    }

    private static TensorFlowValue FloorRemainder(TensorFlowCall call)
    {
        if (!call.TypeOf(0).IsFloating())
        {
            return Pair(call, "Mod");
        }
        var both = TensorFlowTogether.Of(call, false, 0, 1);
        var quotient = call.Emitter.Emit("Div", $"{call.Name}.quotient", both.Names);
        var floor = call.Emitter.Emit("Floor", $"{call.Name}.floor", [quotient]);
        var whole = call.Emitter.Emit("Mul", $"{call.Name}.whole", [floor, both.Names[1]]);
        return both.Value(call.Emit("Sub", [both.Names[0], whole]));
    }

    private static TensorFlowValue SquaredDifference(TensorFlowCall call)
    {
        var both = TensorFlowTogether.Of(call, false, 0, 1);
        var difference = call.Emitter.Emit("Sub", $"{call.Name}.difference", both.Names);
        return both.Value(call.Emit("Mul", [difference, difference]));
    }

    private static TensorFlowValue AddN(TensorFlowCall call)
    {
        _ = call.ShapeOf(0);
        var all = TensorFlowTogether.Of(call);
        var sum = all.Names[0];
        for (var i = 1; i < all.Names.Length; i++)
        {
            sum = call.Emit("Add", [sum, all.Names[i]]);
        }
        return all.Value(sum);
    }

    private static TensorFlowValue Clip(TensorFlowCall call)
    {
        var x = TensorFlowTogether.Of(call, false, 0, 1, 2);
        var least = call.Emitter.Emit("Max", $"{call.Name}.least", [x.Names[0], x.Names[1]]);
        return x.Value(call.Emit("Min", [least, x.Names[2]]));
    }

    /// <summary>x where it is positive, else alpha x.</summary>
    public static TensorFlowValue Prelu(TensorFlowCall call)
    {
        var both = TensorFlowTogether.Of(call, true, 0, 1);
        return both.Value(call.Emit("PRelu", both.Names));
    }

    private static TensorFlowValue NotEqual(TensorFlowCall call)
    {
        var both = TensorFlowTogether.Of(call, false, 0, 1);
        var equal = call.Emitter.Emit("Equal", $"{call.Name}.equal", both.Names);
        return both.Value(call.Emit("Not", [equal]));
    }

    private static TensorFlowValue Select(TensorFlowCall call)
    {
        if (call[0] is TensorFlowValue.Constant { Value: { Bytes: { Length: 1 } decides, Shape.Rank: 0 } })
        {
            var taken = call[decides.Span[0] != 0 ? 1 : 2];
            var other = call[decides.Span[0] != 0 ? 2 : 1];
            if (
                call.Emitter.ShapeOf(taken) is { IsKnown: true } shape
                && call.Emitter.ShapeOf(other).Rank <= shape.Rank
            )
            {
                return taken;
            }
        }
        var rank = call.ShapeOf(1).Rank;
        if (call.Op == "Select" && call.ShapeOf(0).Rank == 1 && rank > 1)
        {
            var rows = call.Emitter.Emit(
                "Unsqueeze",
                $"{call.Name}.rows",
                [call.Emitter.Plain(call[0])],
                ("axes", (long[])[.. Enumerable.Range(1, rank - 1).Select(i => (long)i)])
            );
            return new TensorFlowValue.Computed(
                call.Emit("Where", [rows, call.Emitter.Plain(call[1]), call.Emitter.Plain(call[2])])
            );
        }
        var all = TensorFlowTogether.Of(call, false, 0, 1, 2);
        return all.Value(call.Emit("Where", all.Names));
    }

    private static TensorFlowValue Like(TensorFlowCall call, int number)
    {
        var type = call.TypeOf(0);
        var shape = call.ShapeOf(0);
        var value = NumberOf(type, number);
        if (shape.IsFixed && shape.ElementCount() <= 64)
        {
            return new TensorFlowValue.Constant(
                StridedCopy.Of(value, shape.ToArray(), new long[shape.Rank], 0),
                call.Name
            );
        }
        var filled = call.Emitter.Constant($"{call.Name}.number", value);
        if (!call.IsChannelsFirst(0) && shape.Dimensions.All(d => !d.IsUnknown))
        {
            // Its lengths are known without it, so that it need not be computed.
            var known = new TensorFlowValue.Lengths(
                [.. Enumerable.Range(0, shape.Rank).Select(axis => call.Emitter.Length(call[0], axis))],
                false,
                ElementType.Int64
            );
            return new TensorFlowValue.Computed(call.Emit("Expand", [filled, call.Emitter.Numbers(known)]));
        }
        var x = TensorFlowTogether.Of(call, false, 0);
        var lengths = call.Emitter.Emit("Shape", $"{call.Name}.shape", x.Names);
        return x.Value(call.Emit("Expand", [filled, lengths]));
    }
}
