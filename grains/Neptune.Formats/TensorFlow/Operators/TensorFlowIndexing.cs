using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Elements at places that an input says.</summary>
internal static class TensorFlowIndexing
{
    /// <summary>Its operators.</summary>
    public static IEnumerable<TensorFlowOperator> Operators =>
        [
            .. TensorFlowOperator.Of(
                "Gather ResourceGather",
                call => Gather(call, 0),
                "batch_dims 0",
                "what is read of"
            ),
            .. TensorFlowOperator.Of(
                "GatherV2",
                call => Gather(call, call.Axis(2, call.ShapeOf(0).Rank)),
                "known axis; batch_dims 0",
                "what is read of"
            ),
            .. TensorFlowOperator.Of("GatherNd", GatherNd),
            .. TensorFlowOperator.Of("OneHot", OneHot, "known depth; axis"),
        ];

    private static TensorFlowValue Gather(TensorFlowCall call, int axis)
    {
        if (call.Int("batch_dims", 0) != 0)
        {
            throw TensorFlowCall.Refuse($"batch_dims is {call.Int("batch_dims", 0)}; 0 is known");
        }
        var table = TensorFlowControl.ValueOf(call[0]);
        var name = table is TensorFlowValue.Constant constant
            ? call.Emitter.Weight(constant, "embeddings", isTrained: true)
            : call.Emitter.Plain(table);
        return new TensorFlowValue.Computed(
            call.Emit("Gather", [name, call.Emitter.Plain(call[1])], ("axis", (long)axis))
        );
    }

    private static TensorFlowValue GatherNd(TensorFlowCall call) =>
        new TensorFlowValue.Computed(
            call.Emit("GatherND", [call.Emitter.Plain(call[0]), call.Emitter.Numbers(call[1])])
        );

    // Neptune's OneHot counts negative places from the end; TensorFlow marks none for them.
    private static TensorFlowValue OneHot(TensorFlowCall call)
    {
        if (call.KnownNumbers(1, "depth") is not [>= 0 and <= 1 << 24 and var depth])
        {
            throw new GraphException("its depth must be one number from 0.");
        }
        var rank = call.ShapeOf(0).Rank;
        var axis = TensorFlowCall.Axis(call.Int("axis", -1), rank + 1);
        var emitter = call.Emitter;
        var places = emitter.Emit(
            "Unsqueeze",
            $"{call.Name}.places",
            [emitter.Plain(call[0])],
            ("axes", (long[])[axis])
        );
        var shape = Enumerable.Repeat(1L, rank + 1).ToArray();
        shape[axis] = depth;
        var classes = emitter.Emit("Reshape", $"{call.Name}.classes", [Counted(call, depth)], ("shape", shape));
        var isMarked = emitter.Emit("Equal", $"{call.Name}.is_marked", [places, classes]);
        return new TensorFlowValue.Computed(
            call.Emit("Where", [isMarked, emitter.Plain(call[2]), emitter.Plain(call[3])])
        );
    }

    // 0, 1, ... up to a number, of the type of the first input; made by the graph, since it may be long.
    private static string Counted(TensorFlowCall call, long count)
    {
        ImmutableArray<long> bounds = [0, count, 1];
        var numbers = bounds.Select(number =>
            call.Emitter.Constant(
                $"{call.Name}.bound",
                TensorFlowNumbers.MakeWhole(ElementType.Int64, Shape.Scalar, _ => number)
            )
        );
        var range = call.Emitter.Emit("Range", $"{call.Name}.range", [.. numbers]);
        var type = call.TypeOf(0);
        return type == ElementType.Int64
            ? range
            : call.Emitter.Emit("Cast", $"{range}.{type}", [range], ("to", type.ToString()));
    }
}
