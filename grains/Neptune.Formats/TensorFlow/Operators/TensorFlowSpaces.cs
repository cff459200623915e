using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Images dealt out to several smaller ones, and put together again: what older graphs dilate convolutions with. Around a
/// plain convolution both are part of it (<see cref="TensorFlowPatterns"/>).
/// </summary>
internal static class TensorFlowSpaces
{
    private const string Remarks = "known blocks, paddings and lengths";

    /// <summary>Its operators.</summary>
    public static IEnumerable<TensorFlowOperator> Operators =>
        [
            .. TensorFlowOperator.Of("SpaceToBatchND", Apart, Remarks),
            .. TensorFlowOperator.Of("BatchToSpaceND", Together, Remarks),
        ];

    // (N, H, W, C) is seen as (N, H/b, b, W/b, b, C); the places within blocks then go to the front.
    private static TensorFlowValue Apart(TensorFlowCall call)
    {
        var (lengths, block, edges) = Settings(call, "paddings");
        var (count, rank) = (block.Length, lengths.Length);
        for (var i = 0; i < count; i++)
        {
            lengths[i + 1] += edges[2 * i] + edges[(2 * i) + 1];
            if (lengths[i + 1] % block[i] != 0)
            {
                throw new GraphException(
                    $"a padded length of {lengths[i + 1]} is no multiple of its block of {block[i]}."
                );
            }
        }
        var rest = lengths[(count + 1)..];
        long[] pads = [0, .. Even(edges), .. Zeros(rest), 0, .. Odd(edges), .. Zeros(rest)];
        var emitter = call.Emitter;
        var padded = emitter.Emit(
            "Pad",
            $"{call.Name}.padded",
            [emitter.Plain(call[0])],
            ("mode", "constant"),
            ("pads", pads)
        );
        var parts = block.SelectMany((b, i) => new[] { lengths[i + 1] / b, b });
        var apart = Reshaped(call, padded, [-1, .. parts, .. rest]);
        int[] inside = [.. Enumerable.Range(0, count).Select(i => (2 * i) + 2)];
        int[] outside = [.. Enumerable.Range(0, count).Select(i => (2 * i) + 1)];
        var turned = Turned(call, apart, [.. inside, 0, .. outside, .. Enumerable.Range((2 * count) + 1, rest.Length)]);
        return new TensorFlowValue.Computed(
            call.Emit(
                "Reshape",
                [turned],
                ("shape", (long[])[-1, .. block.Select((b, i) => lengths[i + 1] / b), .. rest])
            )
        );
    }

    private static TensorFlowValue Together(TensorFlowCall call)
    {
        var (lengths, block, edges) = Settings(call, "crops");
        var count = block.Length;
        var rest = lengths[(count + 1)..];
        var apart = Reshaped(call, call.Emitter.Plain(call[0]), [.. block, -1, .. lengths[1..]]);
        var woven = Enumerable.Range(0, count).SelectMany(i => new[] { count + 1 + i, i });
        var turned = Turned(call, apart, [count, .. woven, .. Enumerable.Range((2 * count) + 1, rest.Length)]);
        var whole = block.Select((b, i) => lengths[i + 1] * b).ToArray();
        var together = call.Emit("Reshape", [turned], ("shape", (long[])[-1, .. whole, .. rest]));
        if (edges.All(edge => edge == 0))
        {
            return new TensorFlowValue.Computed(together);
        }
        var axes = Enumerable.Range(0, count).Select(i => i + 1L).ToArray();
        return new TensorFlowValue.Computed(
            call.Emit(
                "Slice",
                [
                    together,
                    call.Emitter.Numbers($"{call.Name}.starts", [.. Even(edges)]),
                    call.Emitter.Numbers($"{call.Name}.ends", [.. whole.Select((n, i) => n - edges[(2 * i) + 1])]),
                    call.Emitter.Numbers($"{call.Name}.axes", axes),
                ]
            )
        );
    }

    private static (long[] Lengths, ImmutableArray<long> Block, ImmutableArray<long> Edges) Settings(
        TensorFlowCall call,
        string edgesName
    )
    {
        var shape = call.ShapeOf(0);
        var block = call.KnownNumbers(1, "block shape");
        var edges = call.KnownNumbers(2, edgesName);
        if (
            block.Length + 1 > shape.Rank
            || edges.Length != 2 * block.Length
            || block.Any(b => b < 1)
            || edges.Any(e => e < 0)
        )
        {
            throw new GraphException(
                $"its block of {block.Length} and {edges.Length} {edgesName} do not fit an input of {shape}."
            );
        }
        return shape.Dimensions[1..].All(d => d.IsFixed)
            ? ([0, .. shape.Dimensions[1..].Select(d => d.Length)], block, edges)
            : throw TensorFlowCall.Refuse("the lengths of its input are known only when the graph runs");
    }

    private static string Reshaped(TensorFlowCall call, string x, long[] shape) =>
        call.Emitter.Emit("Reshape", $"{call.Name}.apart", [x], ("shape", shape));

    private static string Turned(TensorFlowCall call, string x, int[] order) =>
        call.Emitter.Emit("Transpose", $"{call.Name}.turned", [x], ("perm", (long[])[.. order.Select(i => (long)i)]));

    private static IEnumerable<long> Even(ImmutableArray<long> numbers) => numbers.Where((_, i) => i % 2 == 0);

    private static IEnumerable<long> Odd(ImmutableArray<long> numbers) => numbers.Where((_, i) => i % 2 == 1);

    private static IEnumerable<long> Zeros(long[] like) => like.Select(_ => 0L);
}
