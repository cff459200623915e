using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>The same elements in other shapes, and the lengths of shapes.</summary>
internal static class TensorFlowShapes
{
    /// <summary>Its operators.</summary>
    public static IEnumerable<TensorFlowOperator> Operators =>
        [
            .. TensorFlowOperator.Of("Reshape", Reshape),
            .. TensorFlowOperator.Of("Squeeze", Squeeze, "squeeze_dims"),
            .. TensorFlowOperator.Of("ExpandDims", ExpandDims, "known axis"),
            .. TensorFlowOperator.Of("Transpose", Transpose, "known order of axes"),
            .. TensorFlowOperator.Of("Shape", ShapeOf, "out_type"),
            .. TensorFlowOperator.Of("Size", Size, "out_type"),
            .. TensorFlowOperator.Of(
                "Rank",
                _ => throw TensorFlowCall.Refuse("how many dimensions its input has is known only when the graph runs")
            ),
            .. TensorFlowOperator.Of("Fill", Fill),
            .. TensorFlowOperator.Of("BroadcastTo", BroadcastTo),
            .. TensorFlowOperator.Of("Range", Range),
        ];

    /// <summary>The axes that a Squeeze takes out.</summary>
    public static ImmutableArray<int> SqueezedAxes(TensorFlowCall call, Shape shape)
    {
        var given = call.Ints("squeeze_dims").IsEmpty ? call.Ints("axis") : call.Ints("squeeze_dims");
        ImmutableArray<int> axes = given.IsEmpty
            ? [.. Enumerable.Range(0, shape.Rank).Where(i => shape[i].IsFixed && shape[i].Length == 1)]
            : [.. given.Select(a => TensorFlowCall.Axis(a, shape.Rank)).Distinct().Order()];
        return axes.FirstOrDefault(a => !shape[a].MayEqual(1), -1) is >= 0 and var wrong
            ? throw new GraphException($"it squeezes axis {wrong} of {shape}, which is not of length 1.")
            : axes;
    }

    private static TensorFlowValue Reshape(TensorFlowCall call)
    {
        var x = InOrder(call, 0);
        var shape = call.Emitter.ShapeOf(call[0]);
        var target = call[1] switch
        {
            TensorFlowValue.Lengths lengths => lengths.Elements,
            TensorFlowValue.Constant when call.Numbers(1) is { } numbers =>
            [
                .. numbers.Select(n => new TensorFlowLength(n)),
            ],
            _ => (ImmutableArray<TensorFlowLength>?)null,
        };
        if (target is { } known && Attribute(known, shape, call.IsBatchFreed) is { } attribute)
        {
            var isPlain = !attribute.Contains(0) || known.Any(e => e.Symbol is not null) || call.IsBatchFreed;
            return new TensorFlowValue.Computed(
                isPlain
                    ? call.Emit("Reshape", [x], ("shape", attribute))
                    : call.Emit("Reshape", [x], ("shape", attribute), ("allowzero", 1L))
            );
        }
        return new TensorFlowValue.Computed(call.Emit("Reshape", [x, call.Emitter.Numbers(call[1])]));
    }

    // A length that only the running graph knows is copied from the same place (0), or is what is left (-1).
    private static long[]? Attribute(ImmutableArray<TensorFlowLength> target, Shape shape, bool isBatchFreed)
    {
        var result = new long[target.Length];
        var isFree = target.Any(e => e.Symbol is null && e.Number == -1);
        for (var i = 0; i < result.Length; i++)
        {
            if (target[i].Symbol is { } symbol)
            {
                if (shape.IsKnown && i < shape.Rank && shape[i] == symbol && !symbol.IsUnknown)
                {
                    result[i] = 0;
                }
                else if (!isFree)
                {
                    (result[i], isFree) = (-1, true);
                }
                else
                {
                    return null;
                }
            }
            else
            {
                // A length of 1 that stood for the one sample copies the batch's now.
                var isBatch =
                    isBatchFreed
                    && i == 0
                    && target[i].Number == 1
                    && shape is { IsKnown: true, Rank: > 0 }
                    && shape[0] == Dimension.Batch;
                result[i] = isBatch ? 0 : target[i].Number;
            }
        }
        return result;
    }

    // Where all lengths but one are 1, or there is one channel, elements follow one another alike in both layouts.
    private static string InOrder(TensorFlowCall call, int input)
    {
        if (call[input] is not TensorFlowValue.Computed { IsChannelsFirst: true } turned)
        {
            return call.Emitter.Plain(call[input]);
        }
        var shape = call.ShapeOf(input);
        var isOne = shape.Dimensions[1..^1].All(d => d is { IsFixed: true, Length: 1 });
        return isOne || shape[-1] is { IsFixed: true, Length: 1 } ? turned.Name : call.Emitter.Plain(turned);
    }

    private static TensorFlowValue Squeeze(TensorFlowCall call)
    {
        var shape = call.ShapeOf(0);
        var axes = SqueezedAxes(call, shape);
        if (axes.IsEmpty)
        {
            return call[0];
        }
        // The order of what is left must be the file's: nothing is left between batch and channels.
        var isTurned = call.IsChannelsFirst(0) && Enumerable.Range(1, shape.Rank - 2).All(axes.Contains);
        var x = isTurned ? call.Emitter.ChannelsFirst(call[0]) : call.Emitter.Plain(call[0]);
        var own = axes.Select(a => (long)(isTurned ? TensorFlowEmitter.AxisInChannelsFirst(a, shape.Rank) : a)).Order();
        return new TensorFlowValue.Computed(call.Emit("Squeeze", [x], ("axes", (long[])[.. own])));
    }

    private static TensorFlowValue ExpandDims(TensorFlowCall call)
    {
        var axis = call.Axis(1, call.ShapeOf(0).Rank + 1);
        return new TensorFlowValue.Computed(
            call.Emit("Unsqueeze", [call.Emitter.Plain(call[0])], ("axes", (long[])[axis]))
        );
    }

    private static TensorFlowValue Transpose(TensorFlowCall call)
    {
        var rank = call.ShapeOf(0).Rank;
        var order = call.KnownNumbers(1, "order of axes").ToArray();
        if (!order.Order().SequenceEqual(Enumerable.Range(0, rank).Select(i => (long)i)))
        {
            throw new GraphException($"its order of axes is ({string.Join(", ", order)}), and the input has {rank}.");
        }
        if (rank > 2 && order.SequenceEqual(TensorFlowEmitter.ToChannelsFirst(rank).Select(i => (long)i)))
        {
            return new TensorFlowValue.Computed(call.Emitter.ChannelsFirst(call[0]));
        }
        if (rank > 2 && order.SequenceEqual(TensorFlowEmitter.ToChannelsLast(rank).Select(i => (long)i)))
        {
            return new TensorFlowValue.Computed(call.Emitter.Plain(call[0]), isChannelsFirst: true);
        }
        return new TensorFlowValue.Computed(call.Emit("Transpose", [call.Emitter.Plain(call[0])], ("perm", order)));
    }

    private static TensorFlowValue ShapeOf(TensorFlowCall call) => Counted(call, "Shape");

    private static TensorFlowValue Size(TensorFlowCall call) => Counted(call, "Size");

    private static TensorFlowValue Counted(TensorFlowCall call, string type)
    {
        var element = call.Type("out_type", TensorFlowDataType.Int32);
        var name = call.Emit(type, [call.Emitter.Plain(call[0])]);
        return new TensorFlowValue.Computed(
            element == ElementType.Int64 ? name : call.Emit("Cast", [name], ("to", element.ToString()))
        );
    }

    private static TensorFlowValue Fill(TensorFlowCall call) =>
        new TensorFlowValue.Computed(call.Emit("Expand", [call.Emitter.Plain(call[1]), call.Emitter.Numbers(call[0])]));

    private static TensorFlowValue BroadcastTo(TensorFlowCall call) =>
        new TensorFlowValue.Computed(call.Emit("Expand", [call.Emitter.Plain(call[0]), call.Emitter.Numbers(call[1])]));

    private static TensorFlowValue Range(TensorFlowCall call) =>
        new TensorFlowValue.Computed(call.Emit("Range", [.. call.Inputs.Take(3).Select(call.Emitter.Plain)]));
}
