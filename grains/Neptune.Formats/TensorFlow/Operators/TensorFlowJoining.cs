using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Tensors put together, repeated, padded, and taken apart.</summary>
internal static class TensorFlowJoining
{
    private const int MostParts = 1 << 12;

    /// <summary>Its operators.</summary>
    public static IEnumerable<TensorFlowOperator> Operators =>
        [
            .. TensorFlowOperator.Of(
                "ConcatV2",
                call => Concat(call, call.Inputs.Length - 1, call.Inputs.Length - 1, 0),
                "known axis"
            ),
            .. TensorFlowOperator.Of("Concat", call => Concat(call, 0, call.Inputs.Length - 1, 1), "known axis"),
            .. TensorFlowOperator.Of("Pack", Pack, "axis"),
            new("Unpack", Unpack, "", "axis"),
            new("Split", call => Split(call, 1, 0, null), "", "known axis; num_split"),
            new("SplitV", call => Split(call, 0, 2, call.KnownNumbers(1, "lengths")), "", "known axis and lengths"),
            .. TensorFlowOperator.Of("Slice", Slice, "known places"),
            .. TensorFlowOperator.Of("StridedSlice", StridedSlice, "known places; all masks"),
            .. TensorFlowOperator.Of("Pad PadV2", call => Pad(call, "constant"), "known paddings"),
            .. TensorFlowOperator.Of("MirrorPad", Mirror, "known paddings; mode REFLECT"),
            .. TensorFlowOperator.Of("Tile", Tile),
            .. TensorFlowOperator.Of("ReverseV2", Reverse, "known axes"),
        ];

    private static TensorFlowValue Concat(TensorFlowCall call, int axisInput, int count, int first)
    {
        if (count < 1)
        {
            throw new GraphException("it has nothing to join. The file is damaged.");
        }
        var rank = Enumerable.Range(first, count).Select(i => call.ShapeOf(i).Rank).Max();
        var axis = call.Axis(axisInput, rank);
        var all = TensorFlowTogether.Of(call, false, [.. Enumerable.Range(first, count)]);
        var place = all.IsChannelsFirst ? TensorFlowEmitter.AxisInChannelsFirst(axis, rank) : axis;
        return all.Value(all.Names.Length == 1 ? all.Names[0] : call.Emit("Concat", all.Names, ("axis", (long)place)));
    }

    /// <summary>Tensors of one shape along a new axis.</summary>
    public static TensorFlowValue Pack(TensorFlowCall call)
    {
        var axis = TensorFlowCall.Axis(call.Int("axis", 0), call.ShapeOf(0).Rank + 1);
        var parts = call.Inputs.Select(input =>
            call.Emitter.Emit("Unsqueeze", $"{call.Name}.part", [call.Emitter.Plain(input)], ("axes", (long[])[axis]))
        );
        return new TensorFlowValue.Computed(call.Emit("Concat", [.. parts], ("axis", (long)axis)));
    }

    private static ImmutableArray<TensorFlowValue> Unpack(TensorFlowCall call)
    {
        var shape = call.ShapeOf(0);
        var axis = TensorFlowCall.Axis(call.Int("axis", 0), shape.Rank);
        return Unpack(call, axis, call.Int("num", shape[axis].IsFixed ? shape[axis].Length : 0));
    }

    /// <summary>The parts of the first input along an axis, which they lack.</summary>
    /// <param name="call">The step.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="count">How long it is.</param>
    public static ImmutableArray<TensorFlowValue> Unpack(TensorFlowCall call, int axis, long count)
    {
        var shape = call.ShapeOf(0);
        if (count < 1 || (shape[axis].IsFixed && shape[axis].Length != count))
        {
            throw new GraphException($"it takes {shape} apart into {count} along axis {axis}.");
        }
        if (call[0] is TensorFlowValue.Constant { Value: var value } constant)
        {
            return
            [
                .. Parts(constant, axis, Enumerable.Repeat(1L, Count(count)))
                    .Select(part =>
                        (TensorFlowValue)
                            new TensorFlowValue.Constant(
                                part.Value with
                                {
                                    Shape = new(value.Shape.Dimensions.RemoveAt(axis)),
                                },
                                part.Name
                            )
                    ),
            ];
        }
        var x = call.Emitter.Plain(call[0]);
        var parts =
            count == 1
                ? [x]
                : call.Emitter.EmitAll(
                    "Split",
                    $"{call.Name}.parts",
                    [x],
                    Count(count),
                    ("axis", (long)axis),
                    ("num_outputs", count)
                );
        return
        [
            .. parts.Select(part =>
                (TensorFlowValue)new TensorFlowValue.Computed(call.Emit("Squeeze", [part], ("axes", (long[])[axis])))
            ),
        ];
    }

    // A weight of several gates is one weight for each: training changes them alike.
    private static IEnumerable<TensorFlowValue.Constant> Parts(
        TensorFlowValue.Constant constant,
        int axis,
        IEnumerable<long> lengths
    )
    {
        var shape = constant.Value.Shape;
        var (strides, start, number) = (StridedCopy.Strides(shape), 0L, 0);
        foreach (var length in lengths)
        {
            var part = StridedCopy.Of(
                constant.Value,
                [.. shape.Dimensions.SetItem(axis, length).Select(d => d.Length)],
                [.. strides],
                start * strides[axis]
            );
            yield return new(part, $"{constant.Name}.{number++}");
            start += length;
        }
    }

    private static ImmutableArray<TensorFlowValue> Split(
        TensorFlowCall call,
        int input,
        int axisInput,
        ImmutableArray<long>? lengths
    )
    {
        var shape = call.ShapeOf(input);
        var axis = call.Axis(axisInput, shape.Rank);
        var count = Count(lengths?.Length ?? call.Int("num_split", 1));
        if (lengths is null && shape[axis].IsFixed && shape[axis].Length % count != 0)
        {
            throw new GraphException($"it takes {shape} apart into {count} equal parts along axis {axis}.");
        }
        var sizes = lengths;
        if (lengths is { } given && given.IndexOf(-1) is >= 0 and var free)
        {
            sizes = shape[axis].IsFixed
                ? given.SetItem(free, shape[axis].Length - (given.Sum() + 1))
                : throw TensorFlowCall.Refuse("what is left for the last part is known only when the graph runs");
        }
        if (call[input] is TensorFlowValue.Constant constant)
        {
            var parts = sizes ?? [.. Enumerable.Repeat(shape[axis].Length / count, count)];
            return parts.All(part => part >= 0) && parts.Sum() == shape[axis].Length
                ? [.. Parts(constant, axis, parts)]
                : throw new GraphException(
                    $"it takes {shape} apart into {string.Join(", ", parts)} along axis {axis}."
                );
        }
        var x = TensorFlowTogether.Of(call, false, input);
        var place = x.IsChannelsFirst ? TensorFlowEmitter.AxisInChannelsFirst(axis, shape.Rank) : axis;
        var names = sizes is { } known
            ? call.Emitter.EmitAll(
                "Split",
                call.Name,
                x.Names,
                count,
                ("axis", (long)place),
                ("split", (long[])[.. known])
            )
            : call.Emitter.EmitAll(
                "Split",
                call.Name,
                x.Names,
                count,
                ("axis", (long)place),
                ("num_outputs", (long)count)
            );
        return [.. names.Select(name => (TensorFlowValue)x.Value(name))];
    }

    private static int Count(long count) =>
        count is > 0 and <= MostParts
            ? (int)count
            : throw new GraphException($"it has {count} outputs, and 1 to {MostParts} are possible.");

    private static TensorFlowValue Slice(TensorFlowCall call)
    {
        var rank = call.ShapeOf(0).Rank;
        var begin = call.KnownNumbers(1, "begins");
        var size = call.KnownNumbers(2, "sizes");
        if (begin.Length != rank || size.Length != rank || begin.Any(b => b < 0) || size.Any(s => s < -1))
        {
            throw new GraphException($"its begin and size must have {rank} numbers from 0.");
        }
        var ends = begin.Zip(size, (b, s) => s == -1 ? long.MaxValue : checked(b + s)).ToImmutableArray();
        return Cut(call, begin, ends, [.. Enumerable.Repeat(1L, rank)]);
    }

    private static TensorFlowValue StridedSlice(TensorFlowCall call)
    {
        var slices = TensorFlowSlices.Of(call, call.ShapeOf(0).Rank);
        var value = Cut(call, slices.Starts, slices.Ends, slices.Steps);
        if (slices.Dropped.IsEmpty && slices.Added.IsEmpty)
        {
            return value;
        }
        var name = call.Emitter.Plain(value);
        if (!slices.Dropped.IsEmpty)
        {
            name = call.Emit("Squeeze", [name], ("axes", (long[])[.. slices.Dropped.Select(a => (long)a)]));
        }
        if (!slices.Added.IsEmpty)
        {
            name = call.Emit("Unsqueeze", [name], ("axes", (long[])[.. slices.Added.Select(a => (long)a)]));
        }
        return new TensorFlowValue.Computed(name);
    }

    private static TensorFlowValue Cut(
        TensorFlowCall call,
        ImmutableArray<long> starts,
        ImmutableArray<long> ends,
        ImmutableArray<long> steps
    )
    {
        var shape = call.ShapeOf(0);
        var axes = Enumerable
            .Range(0, shape.Rank)
            .Where(i =>
                starts[i] != 0
                || steps[i] != 1
                || (ends[i] != long.MaxValue && !(shape[i].IsFixed && ends[i] == shape[i].Length))
            )
            .ToArray();
        if (axes.Length == 0)
        {
            return call[0];
        }
        var x = TensorFlowTogether.Of(call, false, 0);
        var own = axes.Select(a =>
            (long)(x.IsChannelsFirst ? TensorFlowEmitter.AxisInChannelsFirst(a, shape.Rank) : a)
        );
        var name = call.Emit(
            "Slice",
            [
                x.Names[0],
                call.Emitter.Numbers($"{call.Name}.starts", [.. axes.Select(a => starts[a])]),
                call.Emitter.Numbers($"{call.Name}.ends", [.. axes.Select(a => ends[a])]),
                call.Emitter.Numbers($"{call.Name}.axes", [.. own]),
                call.Emitter.Numbers($"{call.Name}.steps", [.. axes.Select(a => steps[a])]),
            ]
        );
        return x.Value(name);
    }

    private static TensorFlowValue Pad(TensorFlowCall call, string mode)
    {
        var rank = call.ShapeOf(0).Rank;
        var pads = call.KnownNumbers(1, "paddings");
        if (pads.Length != 2 * rank || pads.Any(p => p < 0))
        {
            throw new GraphException($"its paddings must be {2 * rank} numbers from 0.");
        }
        var x = TensorFlowTogether.Of(call, false, 0);
        var order = x.IsChannelsFirst ? TensorFlowEmitter.ToChannelsFirst(rank) : [.. Enumerable.Range(0, rank)];
        long[] own = [.. order.Select(a => pads[2 * a]), .. order.Select(a => pads[(2 * a) + 1])];
        if (call.Op != "PadV2")
        {
            return x.Value(call.Emit("Pad", x.Names, ("mode", mode), ("pads", own)));
        }
        var filled = call.Emitter.Plain(call[2]);
        return x.Value(
            call.Emit("Pad", [x.Names[0], call.Emitter.Numbers($"{call.Name}.pads", own), filled], ("mode", mode))
        );
    }

    private static TensorFlowValue Mirror(TensorFlowCall call) =>
        call.Text("mode", "") == "REFLECT"
            ? Pad(call, "reflect")
            : throw TensorFlowCall.Refuse($"mode is {call.Text("mode", "")}; REFLECT is known");

    private static TensorFlowValue Tile(TensorFlowCall call) =>
        new TensorFlowValue.Computed(call.Emit("Tile", [call.Emitter.Plain(call[0]), call.Emitter.Numbers(call[1])]));

    private static TensorFlowValue Reverse(TensorFlowCall call)
    {
        var rank = call.ShapeOf(0).Rank;
        var axes = call.KnownNumbers(1, "axes").Select(a => TensorFlowCall.Axis(a, rank)).ToHashSet();
        return Cut(
            call,
            [.. Enumerable.Range(0, rank).Select(i => axes.Contains(i) ? long.MaxValue : 0)],
            [.. Enumerable.Range(0, rank).Select(i => axes.Contains(i) ? long.MinValue : long.MaxValue)],
            [.. Enumerable.Range(0, rank).Select(i => axes.Contains(i) ? -1L : 1)]
        );
    }
}
