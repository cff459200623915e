using TorchSharp;
using static Neptune.Formats.Tests.TensorFlowGraphWriter;
using static Neptune.Formats.Tests.TensorFlowMaths;
using static TorchSharp.torch;

namespace Neptune.Formats.Tests;

/// <summary>Shapes, axes and layouts; many behind a convolution, where values lie with channels first.</summary>
internal static class TensorFlowShapeCases
{
    private static readonly long[] Image = [2, 5, 6, 3];
    private static readonly float[] W = Numbers(3 * 4);

    public static IEnumerable<TensorFlowCase> All =>
        [
            After("a flatten by the batch's length", g => Flatten(g, "c", "y"), x => x.reshape(2, -1), 2),
            After(
                "a Reshape to known lengths",
                g => g.Vector("s", -1, 120).Node("Reshape", "y", "c s"),
                x => x.reshape(2, 120),
                2
            ),
            After(
                "a mean over height and width, squeezed",
                g =>
                    g.Vector("a", 1, 2)
                        .Node("Mean", "m", "c a", Flag("keep_dims", true))
                        .Node("Squeeze", "y", "m", Ints("squeeze_dims", 1, 2)),
                x => x.mean([1, 2]),
                1
            ),
            After(
                "a mean over height and width",
                g => g.Vector("a", 1, 2).Node("Mean", "y", "c a"),
                x => x.mean([1, 2]),
                1
            ),
            After(
                "a mean that is flattened by a Reshape",
                g =>
                    g.Vector("a", 1, 2)
                        .Node("Mean", "m", "c a", Flag("keep_dims", true))
                        .Vector("s", -1, 4)
                        .Node("Reshape", "y", "m s"),
                x => x.mean([1, 2]),
                1
            ),
            After("a sum over the width", g => g.Vector("a", 2).Node("Sum", "y", "c a"), x => x.sum(2)),
            After("a maximum over the channels", g => g.Scalar("a", -1).Node("Max", "y", "c a"), x => x.amax([3])),
            After(
                "the place of the greatest channel",
                g => g.Scalar("a", -1).Node("ArgMax", "y", "c a", Type("output_type", Whole32)),
                x => x.argmax(3).to(int32)
            ),
            After("the place of the greatest row", g => g.Scalar("a", 1).Node("ArgMax", "y", "c a"), x => x.argmax(1)),
            After("a softmax over the channels", g => g.Node("Softmax", "y", "c"), x => x.softmax(3), 2),
            After(
                "a concatenation of channels",
                g => g.Node("Relu", "r", "c").Scalar("a", 3).Node("ConcatV2", "y", "c r a"),
                x => cat([x, nn.functional.relu(x)], 3),
                2
            ),
            After(
                "a concatenation of rows",
                g => g.Scalar("a", 1).Node("ConcatV2", "y", "c c c a"),
                x => cat([x, x, x], 1),
                2
            ),
            After(
                "a constant for each channel",
                g => g.Const("k", [4], Numbers(4)).Node("Mul", "y", "c k"),
                x => x * Of(Numbers(4), 4),
                2
            ),
            After(
                "a constant for each column and channel",
                g => g.Const("k", [6, 4], Numbers(24)).Node("Add", "r", "k c").Node("Relu", "y", "r"),
                x => nn.functional.relu(x + Of(Numbers(24), 6, 4)),
                2
            ),
            After(
                "a constant for each place",
                g => g.Const("k", [5, 6, 4], Numbers(120)).Node("Sub", "y", "k c"),
                x => Of(Numbers(120), 5, 6, 4) - x,
                2
            ),
            After(
                "a sum with what did not follow the layout",
                g =>
                    g.Const("k", [1, 1, 3, 4], W)
                        .Node("Conv2D", "d", "x k", Ints("strides", 1, 1, 1, 1), Text("padding", "VALID"))
                        .Node("AddN", "y", "c d c"),
                x => x * 3,
                2
            ),
            After(
                "a channel that scales: (N, 1, 1, C)",
                g =>
                    g.Vector("a", 1, 2)
                        .Node("Mean", "m", "c a")
                        .Vector("s", -1, 1, 1, 4)
                        .Node("Reshape", "r", "m s")
                        .Node("Mul", "y", "c r"),
                x => x * x.mean([1, 2], true)
            ),
            After(
                "a pad of rows and columns",
                g => g.Const("p", Tensor(Whole32, [4, 2], 0, 0, 1, 2, 0, 3, 0, 0), Whole32).Node("Pad", "y", "c p"),
                x => nn.functional.pad(x, [0, 0, 0, 3, 1, 2]),
                2
            ),
            After(
                "a pad with a number",
                g =>
                    g.Const("p", Tensor(Whole32, [4, 2], 0, 0, 1, 0, 0, 0, 0, 1), Whole32)
                        .Const("v", [], 2.5f)
                        .Node("PadV2", "y", "c p v"),
                x => nn.functional.pad(x, [0, 1, 0, 0, 1, 0], PaddingModes.Constant, 2.5),
                2
            ),
            After(
                "a mirrored pad",
                g =>
                    g.Const("p", Tensor(Whole32, [4, 2], 0, 0, 1, 2, 2, 1, 0, 0), Whole32)
                        .Node("MirrorPad", "y", "c p", Text("mode", "REFLECT")),
                x => Last(nn.functional.pad(First(x), [2, 1, 1, 2], PaddingModes.Reflect)),
                2
            ),
            After(
                "a split of channels",
                g => g.Scalar("a", 3).Node("Split", "s", "a c", Int("num_split", 2)).Node("Sub", "y", "s:1 s"),
                x => x[.., .., .., 2..] - x[.., .., .., ..2],
                2
            ),
            After(
                "a split of unequal lengths",
                g =>
                    g.Scalar("a", 1)
                        .Vector("n", 1, -1, 2)
                        .Node("SplitV", "s", "c n a", Int("num_split", 3))
                        .Node("Relu", "y", "s:1"),
                x => nn.functional.relu(x[.., 1..3]),
                2
            ),
            After(
                "a slice",
                g => g.Vector("b", 0, 1, 2, 1).Vector("n", -1, 3, -1, 2).Node("Slice", "y", "c b n"),
                x => x[.., 1..4, 2.., 1..3],
                2
            ),
            After(
                "a strided slice with an ellipsis, a new axis and one that goes",
                g =>
                    g.Vector("b", 0, 0, 1, 1)
                        .Vector("e", 0, 0, 4, 2)
                        .Vector("s", 1, 1, 1, 1)
                        .Node(
                            "StridedSlice",
                            "y",
                            "c b e s",
                            Int("ellipsis_mask", 1),
                            Int("new_axis_mask", 2),
                            Int("shrink_axis_mask", 8)
                        ),
                x => x[.., .., 1..4, 1].unsqueeze(2)
            ),
            After(
                "a strided slice backward",
                g =>
                    g.Vector("b", 0, -1, 1)
                        .Vector("e", 0, 0, 5)
                        .Vector("s", 1, -2, 2)
                        .Node("StridedSlice", "y", "c b e s", Int("begin_mask", 1), Int("end_mask", 3)),
                x => x.flip(1)[.., TensorIndex.Slice(0, null, 2), TensorIndex.Slice(1, 5, 2)],
                2
            ),
            After("the reverse of rows", g => g.Vector("a", 1).Node("ReverseV2", "y", "c a"), x => x.flip(1), 2),
            After(
                "a transpose to channels first",
                g => g.Vector("p", 0, 3, 1, 2).Node("Transpose", "y", "c p"),
                First,
                1
            ),
            After(
                "a transpose there and back",
                g =>
                    g.Vector("p", 0, 3, 1, 2)
                        .Vector("q", 0, 2, 3, 1)
                        .Node("Transpose", "t", "c p")
                        .Node("Relu", "r", "t")
                        .Node("Transpose", "y", "r q"),
                x => nn.functional.relu(x),
                2
            ),
            After(
                "a transpose of other axes",
                g => g.Vector("p", 0, 2, 1, 3).Node("Transpose", "y", "c p"),
                x => x.permute(0, 2, 1, 3)
            ),
            new(
                "Pack and Unpack",
                [3, 4],
                g =>
                    g.Node("Unpack", "u", "x", Int("axis", 1), Int("num", 4))
                        .Node("Pack", "y", "u:2 u u:3", Int("axis", 1)),
                x => stack([x[.., 2], x[.., 0], x[.., 3]], 1)
            ),
            new("ExpandDims", [3, 4], g => g.Scalar("a", -2).Node("ExpandDims", "y", "x a"), x => x.unsqueeze(1)),
            new("Tile", [3, 4], g => g.Vector("n", 1, 2).Node("Tile", "y", "x n"), x => x.repeat(1, 2)),
            new(
                "zeros of the batch's length",
                [3, 4],
                g => Zeros(g).Scalar("a", 1).Node("ConcatV2", "y", "x z a"),
                x => cat([x, zeros(3, 5) + 1.5f], 1)
            ),
            new(
                "a Reshape that splits heads",
                [3, 5, 8],
                g => Heads(g),
                x => x.reshape(3, 5, 2, 4).permute(0, 2, 1, 3)
            ),
            new(
                "OneHot of places, some of which are none",
                [3, 2],
                g =>
                    g.Node("Cast", "i", "x", Type("SrcT", Real32), Type("DstT", Whole32))
                        .Scalar("d", 2)
                        .Const("on", [], 3f)
                        .Const("off", [], -1f)
                        .Node("OneHot", "y", "i d on off", Int("axis", -1)),
                x => Marked(x)
            ),
            new(
                "GatherV2 along an axis",
                [3, 4],
                g => g.Vector("i", 3, 0, 0).Scalar("a", 1).Node("GatherV2", "y", "x i a"),
                x => x.index_select(1, tensor(new long[] { 3, 0, 0 }))
            ),
            new(
                "an embedding",
                [3, 2],
                g =>
                    g.Const("t", [4, 3], Numbers(12))
                        .Node("Abs", "p", "x")
                        .Node("Cast", "i", "p", Type("SrcT", Real32), Type("DstT", Whole32))
                        .Scalar("a", 0)
                        .Node("GatherV2", "y", "t i a"),
                x => Of(Numbers(12), 4, 3)[x.abs().to(int64)]
            ),
            new(
                "positions that are read of a table stay a weight",
                [3, 2, 3],
                g =>
                    g.Const("table", [4, 3], Numbers(12))
                        .Scalar("from", 0)
                        .Scalar("to", 2)
                        .Scalar("by", 1)
                        .Node("Range", "positions", "from to by")
                        .Node("GatherV2", "rows", "table positions from")
                        .Node("AddV2", "y", "x rows"),
                x => x + Of(Numbers(12), 4, 3)[..2]
            )
            {
                Operations = ("Gather", 1),
            },
            new(
                "TopKV2's places",
                [3, 5],
                g => g.Scalar("k", 2).Node("TopKV2", "t", "x k").Node("Identity", "y", "t:1"),
                x => x.topk(2).indexes.to(int32)
            ),
            new(
                "Cumsum, exclusive and reverse",
                [3, 5],
                g => g.Scalar("a", 1).Node("Cumsum", "y", "x a", Flag("exclusive", true), Flag("reverse", true)),
                x => x.flip(1).cumsum(1).flip(1) - x
            ),
        ];

    private static TensorFlowCase After(
        string name,
        Action<TensorFlowGraphWriter> write,
        Func<Tensor, Tensor> expected,
        int? transposes = null
    ) =>
        new(
            $"behind a convolution: {name}",
            Image,
            g =>
                write(
                    g.Const("w", [1, 1, 3, 4], W)
                        .Node("Conv2D", "c", "x w", Ints("strides", 1, 1, 1, 1), Text("padding", "VALID"))
                ),
            x => expected(Conv(x, Of(W, 1, 1, 3, 4)))
        )
        {
            Operations = transposes is { } count ? ("Transpose", count) : null,
        };

    private static TensorFlowGraphWriter Flatten(TensorFlowGraphWriter g, string x, string y) =>
        g.Node("Shape", "shape", x, Type("out_type", Whole32))
            .Vector("from", 0)
            .Vector("to", 1)
            .Vector("step", 1)
            .Node("StridedSlice", "n", "shape from to step", Int("shrink_axis_mask", 1))
            .Scalar("rest", -1)
            .Node("Pack", "lengths", "n rest", Int("axis", 0))
            .Node("Reshape", y, $"{x} lengths");

    private static TensorFlowGraphWriter Zeros(TensorFlowGraphWriter g) =>
        g.Node("Shape", "shape", "x", Type("out_type", Whole32))
            .Vector("from", 0)
            .Vector("to", 1)
            .Node("StridedSlice", "n", "shape from to to", Int("shrink_axis_mask", 1))
            .Scalar("five", 5)
            .Node("Pack", "lengths", "n five")
            .Const("value", [], 1.5f)
            .Node("Fill", "z", "lengths value");

    private static TensorFlowGraphWriter Heads(TensorFlowGraphWriter g) =>
        g.Node("Shape", "shape", "x", Type("out_type", Whole32))
            .Vector("from", 0)
            .Vector("to", 1)
            .Node("StridedSlice", "n", "shape from to to", Int("shrink_axis_mask", 1))
            .Scalar("time", -1)
            .Scalar("heads", 2)
            .Scalar("depth", 4)
            .Node("Pack", "lengths", "n time heads depth")
            .Node("Reshape", "r", "x lengths")
            .Vector("p", 0, 2, 1, 3)
            .Node("Transpose", "y", "r p");

    private static Tensor Marked(Tensor x)
    {
        var places = x.to(int32).unsqueeze(2);
        return where(places == arange(2, dtype: int32), tensor(3f), tensor(-1f));
    }
}
