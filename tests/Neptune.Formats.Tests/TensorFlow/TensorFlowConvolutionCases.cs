using TorchSharp;
using static Neptune.Formats.Tests.TensorFlowGraphWriter;
using static Neptune.Formats.Tests.TensorFlowMaths;
using static TorchSharp.torch;

namespace Neptune.Formats.Tests;

/// <summary>Convolutions of images (2, 7, 6, 4), each with settings that change its results.</summary>
internal static class TensorFlowConvolutionCases
{
    private static readonly long[] Image = [2, 7, 6, 4];
    private static readonly float[] W = Numbers(2 * 2 * 4 * 6);
    private static readonly float[] W3 = Numbers(3 * 3 * 4 * 6);
    private static readonly float[] Bias = Numbers(6, 3);

    private static Tensor Filters => Of(W, 2, 2, 4, 6);

    private static Tensor Filters3 => Of(W3, 3, 3, 4, 6);

    public static IEnumerable<TensorFlowCase> All =>
        [
            new(
                "Conv2D, SAME with an even kernel: one more row of padding at the end",
                Image,
                g => Conv(g, "y", Text("padding", "SAME"), Ints("strides", 1, 1, 1, 1)),
                x => TensorFlowMaths.Conv(Same(x, 2, 1), Filters)
            ),
            new(
                "Conv2D, SAME with strides",
                Image,
                g => Conv(g, "y", Text("padding", "SAME"), Ints("strides", 1, 2, 2, 1)),
                x => TensorFlowMaths.Conv(Same(x, 2, 2), Filters, stride: 2)
            ),
            new(
                "Conv2D, VALID with dilations and a bias that becomes the layer's",
                Image,
                g =>
                    Conv(g, "c", Text("padding", "VALID"), Ints("strides", 1, 1, 1, 1), Ints("dilations", 1, 2, 2, 1))
                        .Const("b", [6], Bias)
                        .Node("Identity", "b/read", "b")
                        .Node("BiasAdd", "y", "c b/read"),
                x => TensorFlowMaths.Conv(x, Filters, dilation: 2) + Of(Bias, 6)
            )
            {
                Operations = ("Add", 0),
            },
            new(
                "Conv2D and a bias as the third Keras adds it: (1, 1, 1, C)",
                Image,
                g =>
                    Conv(g, "c", Text("padding", "VALID"), Ints("strides", 1, 1, 1, 1))
                        .Const("b", [6], Bias)
                        .Vector("s", 1, 1, 1, 6)
                        .Node("Reshape", "r", "b s")
                        .Node("AddV2", "y", "c r"),
                x => TensorFlowMaths.Conv(x, Filters) + Of(Bias, 6)
            )
            {
                Operations = ("Add", 0),
            },
            new(
                "Conv2D, channels first in the file, and a bias (1, C, 1, 1)",
                [2, 4, 7, 6],
                g =>
                    Conv(g, "c", Text("padding", "VALID"), Text("data_format", "NCHW"), Ints("strides", 1, 1, 1, 1))
                        .Const("b", [1, 6, 1, 1], Bias)
                        .Node("AddV2", "y", "c b"),
                x => nn.functional.conv2d(x, Filters.permute(3, 2, 0, 1), Of(Bias, 6))
            ),
            new(
                "Conv2D, EXPLICIT padding",
                Image,
                g =>
                    Conv(
                        g,
                        "y",
                        Text("padding", "EXPLICIT"),
                        Ints("strides", 1, 1, 1, 1),
                        Ints("explicit_paddings", 0, 0, 1, 2, 3, 0, 0, 0)
                    ),
                x => TensorFlowMaths.Conv(nn.functional.pad(x, [0, 0, 3, 0, 1, 2]), Filters)
            ),
            new(
                "Conv2D, channels first in the file",
                [2, 4, 7, 6],
                g =>
                    Conv(g, "c", Text("padding", "VALID"), Text("data_format", "NCHW"), Ints("strides", 1, 1, 2, 1))
                        .Const("b", [6], Bias)
                        .Node("BiasAdd", "y", "c b", Text("data_format", "NCHW")),
                x => nn.functional.conv2d(x, Filters.permute(3, 2, 0, 1), Of(Bias, 6), strides: [2, 1])
            )
            {
                Operations = ("Transpose", 0),
            },
            new(
                "Conv2D in groups, which the filters' channels say",
                Image,
                g =>
                    g.Const("w", [2, 2, 2, 6], Numbers(48))
                        .Node("Conv2D", "y", "x w", Text("padding", "VALID"), Ints("strides", 1, 1, 1, 1)),
                x => TensorFlowMaths.Conv(x, Of(Numbers(48), 2, 2, 2, 6), groups: 2)
            ),
            new(
                "DepthwiseConv2dNative with two filters for each channel",
                Image,
                g =>
                    g.Const("w", [3, 3, 4, 2], Numbers(72))
                        .Node(
                            "DepthwiseConv2dNative",
                            "y",
                            "x w",
                            Text("padding", "SAME"),
                            Ints("strides", 1, 2, 2, 1)
                        ),
                x =>
                    Last(
                        nn.functional.conv2d(
                            First(Same(x, 3, 2)),
                            Of(Numbers(72), 3, 3, 4, 2).permute(2, 3, 0, 1).reshape(8, 1, 3, 3),
                            strides: [2, 2],
                            groups: 4
                        )
                    )
            ),
            new(
                "Conv2DBackpropInput, SAME, to twice the size",
                Image,
                g =>
                    g.Const("w", [3, 3, 5, 4], Numbers(180))
                        .Vector("size", 2, 14, 12, 5)
                        .Node(
                            "Conv2DBackpropInput",
                            "y",
                            "size w x",
                            Text("padding", "SAME"),
                            Ints("strides", 1, 2, 2, 1)
                        ),
                x =>
                    Last(
                        nn.functional.conv_transpose2d(
                            First(x),
                            Of(Numbers(180), 3, 3, 5, 4).permute(3, 2, 0, 1),
                            strides: [2, 2]
                        )[.., .., ..14, ..12]
                    )
            ),
            new(
                "Conv2DBackpropInput, VALID, with its size from the input's shape",
                Image,
                g =>
                    g.Const("w", [2, 2, 5, 4], Numbers(80))
                        .Node("Shape", "shape", "x", Type("out_type", Whole32))
                        .Vector("zero", 0)
                        .Vector("one", 1)
                        .Node("StridedSlice", "n", "shape zero one one", Int("shrink_axis_mask", 1))
                        .Scalar("h", 15)
                        .Scalar("w2", 12)
                        .Scalar("c", 5)
                        .Node("Pack", "size", "n h w2 c", Int("axis", 0))
                        .Node(
                            "Conv2DBackpropInput",
                            "y",
                            "size w x",
                            Text("padding", "VALID"),
                            Ints("strides", 1, 2, 2, 1)
                        ),
                x =>
                    nn.functional.pad(
                        Last(
                            nn.functional.conv_transpose2d(
                                First(x),
                                Of(Numbers(80), 2, 2, 5, 4).permute(3, 2, 0, 1),
                                strides: [2, 2]
                            )
                        ),
                        [0, 0, 0, 0, 0, 1]
                    )
            ),
            new(
                "a convolution between SpaceToBatchND and BatchToSpaceND is dilated",
                [2, 7, 6, 4],
                g =>
                    g.Const("w", [3, 3, 4, 6], W3)
                        .Vector("block", 2, 2)
                        .Const("pads", Tensor(Whole32, [2, 2], 2, 3, 2, 2), Whole32)
                        .Const("crops", Tensor(Whole32, [2, 2], 0, 1, 0, 0), Whole32)
                        .Node("SpaceToBatchND", "s", "x block pads")
                        .Node("Conv2D", "c", "s w", Text("padding", "VALID"), Ints("strides", 1, 1, 1, 1))
                        .Node("BatchToSpaceND", "y", "c block crops"),
                x => TensorFlowMaths.Conv(nn.functional.pad(x, [0, 0, 2, 2, 2, 2]), Filters3, dilation: 2)
            )
            {
                Operations = ("Conv", 1),
            },
            new(
                "a dilated convolution of sequences, as Keras writes it",
                [2, 9, 4],
                g =>
                    g.Const("w", [1, 3, 4, 6], W3[..72])
                        .Vector("block", 2)
                        .Const("pads", Tensor(Whole32, [1, 2], 4, 1), Whole32)
                        .Const("crops", Tensor(Whole32, [1, 2], 0, 1), Whole32)
                        .Node("SpaceToBatchND", "s", "x block pads")
                        .Scalar("axis", -3)
                        .Node("ExpandDims", "image", "s axis")
                        .Node("Conv2D", "c", "image w", Text("padding", "VALID"), Ints("strides", 1, 1, 1, 1))
                        .Node("Squeeze", "sequence", "c", Ints("squeeze_dims", -3))
                        .Node("BatchToSpaceND", "y", "sequence block crops"),
                x =>
                    nn.functional.conv1d(
                            nn.functional.pad(x, [0, 0, 4, 0]).transpose(1, 2),
                            Of(W3[..72], 3, 4, 6).permute(2, 1, 0),
                            dilation: 2
                        )
                        .transpose(1, 2)
            ),
            new(
                "SpaceToBatchND",
                [2, 3, 4, 2],
                g =>
                    g.Vector("block", 2, 2)
                        .Const("pads", Tensor(Whole32, [2, 2], 1, 0, 0, 2), Whole32)
                        .Node("SpaceToBatchND", "y", "x block pads"),
                x =>
                    nn.functional.pad(x, [0, 0, 0, 2, 1, 0])
                        .reshape(2, 2, 2, 3, 2, 2)
                        .permute(2, 4, 0, 1, 3, 5)
                        .reshape(8, 2, 3, 2)
            ),
            new(
                "_FusedConv2D with bias and Relu6",
                Image,
                g =>
                    g.Const("w", [2, 2, 4, 6], W)
                        .Const("b", [6], Bias)
                        .Node(
                            "_FusedConv2D",
                            "y",
                            "x w b",
                            Text("padding", "VALID"),
                            Ints("strides", 1, 1, 1, 1),
                            Texts("fused_ops", "BiasAdd", "Relu6")
                        ),
                x => (TensorFlowMaths.Conv(x, Filters) + Of(Bias, 6)).clamp(0, 6)
            ),
        ];

    private static TensorFlowGraphWriter Conv(
        TensorFlowGraphWriter g,
        string name,
        params (string, ProtobufWriter)[] attributes
    ) => g.Const("w", [2, 2, 4, 6], W).Node("Identity", "w/read", "w").Node("Conv2D", name, "x w/read", attributes);
}
