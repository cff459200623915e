using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>TorchScript's operators that show the same elements otherwise.</summary>
internal static class ScriptLayouts
{
    public static object? Same(ScriptCall call) => call.Tensor(0, "input");

    public static object? Flatten(ScriptCall call)
    {
        var input = call.Tensor(0, "input");
        var shape = call.Graph.TypeOf(input).Shape;
        var first = call.Axis(call.Int(1, "start_dim", 0), shape.Rank);
        var last = call.Axis(call.Int(2, "end_dim", -1), shape.Rank);
        if (first == last)
        {
            return input;
        }
        if (first == 0 || first > last)
        {
            throw ScriptCall.Unsupported("flattens the dimension of samples");
        }
        if (first == 1 && last == shape.Rank - 1)
        {
            return Viewed(input, call.Append("Flatten", [input.Name], ("axis", 1L)));
        }
        long[] target =
        [
            .. Enumerable.Repeat(0L, first),
            -1,
            .. shape.Dimensions.Skip(last + 1).Select(d => d.IsFixed ? d.Length : throw Unfixed(shape)),
        ];
        return Viewed(input, call.Append("Reshape", [input.Name], ("shape", target)));
    }

    public static object? View(ScriptCall call)
    {
        var input = call.Tensor(0, "input");
        if (call.Get(1, "shape") is not List<object?> lengths)
        {
            throw ScriptCall.Unsupported("has a shape that is no list");
        }
        // A length of 0 means the input's own at that place, which for the samples is the only way to say it.
        long[] target =
        [
            .. lengths.Select(
                (length, place) =>
                    length switch
                    {
                        long and (-1 or > 0) => (long)length,
                        ScriptSymbol when length == ScriptSymbol.BatchSize && place == 0 => 0L,
                        _ => throw ScriptCall.Unsupported("has a shape that is not known before it runs"),
                    }
            ),
        ];
        return Viewed(
            input,
            target is [0, -1]
                ? call.Append("Flatten", [input.Name], ("axis", 1L))
                : call.Append("Reshape", [input.Name], ("shape", target))
        );
    }

    public static object? Permute(ScriptCall call)
    {
        var input = call.Tensor(0, "input");
        var rank = call.Graph.TypeOf(input).Shape.Rank;
        long[] order = [.. call.Ints(1, "dims").Select(axis => (long)call.Axis(axis, rank))];
        return Viewed(input, call.Append("Transpose", [input.Name], ("perm", order)));
    }

    public static object? Transpose(ScriptCall call)
    {
        if (call.Get(0, "input") is ScriptParameter { Tensor.Lengths.Length: 2 } matrix)
        {
            return matrix with { Transposed = !matrix.Transposed };
        }
        var input = call.Tensor(0, "input");
        var rank = call.Graph.TypeOf(input).Shape.Rank;
        var (a, b) = (call.Axis(call.Int(1, "dim0", 0), rank), call.Axis(call.Int(2, "dim1", 1), rank));
        var order = Enumerable.Range(0, rank).Select(axis => (long)axis).ToArray();
        (order[a], order[b]) = (order[b], order[a]);
        return Viewed(input, call.Append("Transpose", [input.Name], ("perm", order)));
    }

    private static ScriptTensor Viewed(ScriptTensor input, ScriptTensor view)
    {
        input.IsShared = true;
        view.IsShared = true;
        return view;
    }

    private static ScriptUnsupportedException Unfixed(Shape shape) =>
        ScriptCall.Unsupported($"flattens a value of shape {shape}");
}
