using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Sums and the like along axes.</summary>
internal static class TensorFlowReductions
{
    /// <summary>Its operators.</summary>
    public static IEnumerable<TensorFlowOperator> Operators =>
        [
            .. TensorFlowOperator.Of("Mean", call => Reduce(call, "ReduceMean"), "known axes; keep_dims"),
            .. TensorFlowOperator.Of("Sum", call => Reduce(call, "ReduceSum"), "known axes; keep_dims"),
            .. TensorFlowOperator.Of("Max", call => Reduce(call, "ReduceMax"), "known axes; keep_dims"),
            .. TensorFlowOperator.Of("Min", call => Reduce(call, "ReduceMin"), "known axes; keep_dims"),
            .. TensorFlowOperator.Of("Prod", call => Reduce(call, "ReduceProd"), "known axes; keep_dims"),
            .. TensorFlowOperator.Of("EuclideanNorm", call => Reduce(call, "ReduceL2"), "known axes; keep_dims"),
            .. TensorFlowOperator.Of("All", call => Truth(call, "ReduceMin"), "known axes; keep_dims"),
            .. TensorFlowOperator.Of("Any", call => Truth(call, "ReduceMax"), "known axes; keep_dims"),
            .. TensorFlowOperator.Of("ArgMax", call => Extreme(call, "ArgMax"), "known axis; output_type"),
            .. TensorFlowOperator.Of("ArgMin", call => Extreme(call, "ArgMin"), "known axis; output_type"),
            .. TensorFlowOperator.Of("Cumsum", CumulativeSum, "known axis; exclusive, reverse"),
            new("TopKV2", TopK, "", "known k"),
        ];

    private static TensorFlowValue Reduce(TensorFlowCall call, string type)
    {
        var rank = call.ShapeOf(0).Rank;
        var axes = call.KnownNumbers(1, "axes").Select(a => TensorFlowCall.Axis(a, rank)).Distinct().Order().ToArray();
        var keeps = call.Flag("keep_dims");
        if (axes.Length == 0)
        {
            return call[0];
        }
        // What is left in order: nothing is left between batch and channels, or the channels are gone.
        var staysInOrder = keeps || axes.Contains(rank - 1) || axes.Count(a => a > 0 && a < rank - 1) == rank - 2;
        var isTurned = call.IsChannelsFirst(0) && staysInOrder;
        var x = isTurned ? call.Emitter.ChannelsFirst(call[0]) : call.Emitter.Plain(call[0]);
        var own = axes.Select(a => (long)(isTurned ? TensorFlowEmitter.AxisInChannelsFirst(a, rank) : a)).Order();
        return new TensorFlowValue.Computed(
            call.Emit(type, [x], ("axes", (long[])[.. own]), ("keepdims", keeps ? 1L : 0L)),
            isTurned && keeps
        );
    }

    private static TensorFlowValue Truth(TensorFlowCall call, string type)
    {
        var numbers = call.Emitter.Emit("Cast", $"{call.Name}.numbers", [call.Emitter.Plain(call[0])], ("to", "Int32"));
        var inner = Reduce(call.WithInputs([new TensorFlowValue.Computed(numbers), call[1]]), type);
        return new TensorFlowValue.Computed(call.Emit("Cast", [call.Emitter.Plain(inner)], ("to", "Boolean")));
    }

    private static TensorFlowValue Extreme(TensorFlowCall call, string type)
    {
        var rank = call.ShapeOf(0).Rank;
        var axis = call.Inputs.Length > 1 ? call.Axis(1, rank) : 0;
        var isTurned = call.IsChannelsFirst(0) && axis == rank - 1;
        var x = isTurned ? call.Emitter.ChannelsFirst(call[0]) : call.Emitter.Plain(call[0]);
        var places = call.Emit(type, [x], ("axis", isTurned ? 1L : axis), ("keepdims", 0L));
        return Places(call, places, call.Type("output_type", TensorFlowDataType.Int64));
    }

    private static TensorFlowValue Places(TensorFlowCall call, string places, ElementType type) =>
        new TensorFlowValue.Computed(
            type == ElementType.Int64 ? places : call.Emit("Cast", [places], ("to", type.ToString()))
        );

    private static TensorFlowValue CumulativeSum(TensorFlowCall call)
    {
        var rank = call.ShapeOf(0).Rank;
        var axis = call.Emitter.Constant(
            $"{call.Name}.axis",
            TensorFlowNumbers.MakeWhole(ElementType.Int64, Shape.Scalar, _ => call.Axis(1, rank))
        );
        return new TensorFlowValue.Computed(
            call.Emit(
                "CumSum",
                [call.Emitter.Plain(call[0]), axis],
                ("exclusive", call.Flag("exclusive") ? 1L : 0L),
                ("reverse", call.Flag("reverse") ? 1L : 0L)
            )
        );
    }

    private static ImmutableArray<TensorFlowValue> TopK(TensorFlowCall call)
    {
        if (call.KnownNumbers(1, "k") is not [>= 0 and var k])
        {
            throw new GraphException("its k must be one number from 0.");
        }
        var found = call.Emitter.EmitAll(
            "TopK",
            call.Name,
            [call.Emitter.Plain(call[0])],
            2,
            ("axis", -1L),
            ("k", k),
            ("sorted", 1L)
        );
        return
        [
            new TensorFlowValue.Computed(found[0]),
            Places(call, found[1], call.Type("index_type", TensorFlowDataType.Int32)),
        ];
    }
}
