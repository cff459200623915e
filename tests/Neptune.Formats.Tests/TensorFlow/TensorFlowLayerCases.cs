using TorchSharp;
using static Neptune.Formats.Tests.TensorFlowGraphWriter;
using static Neptune.Formats.Tests.TensorFlowMaths;
using static TorchSharp.torch;

namespace Neptune.Formats.Tests;

/// <summary>Layers on images (2, 7, 6, 4), each with settings that change its results.</summary>
internal static class TensorFlowLayerCases
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
            new(
                "MaxPool, SAME",
                Image,
                g =>
                    g.Node(
                        "MaxPool",
                        "y",
                        "x",
                        Ints("ksize", 1, 3, 3, 1),
                        Ints("strides", 1, 2, 2, 1),
                        Text("padding", "SAME")
                    ),
                x => Last(nn.functional.max_pool2d(First(Same(x, 3, 2, double.NegativeInfinity)), [3, 3], [2, 2]))
            ),
            new(
                "AvgPool, SAME: padding does not count",
                Image,
                g =>
                    g.Node(
                        "AvgPool",
                        "y",
                        "x",
                        Ints("ksize", 1, 2, 2, 1),
                        Ints("strides", 1, 1, 1, 1),
                        Text("padding", "SAME")
                    ),
                x =>
                    Last(
                        nn.functional.avg_pool2d(First(Same(x, 2, 1)), [2, 2], [1, 1])
                            / nn.functional.avg_pool2d(First(Same(ones_like(x), 2, 1)), [2, 2], [1, 1])
                    )
            ),
            new(
                "FusedBatchNormV3",
                Image,
                g =>
                    Statistics(g)
                        .Node(
                            "FusedBatchNormV3",
                            "y",
                            "x gamma beta mean variance",
                            Number("epsilon", 0.01f),
                            Flag("is_training", false)
                        ),
                Normalized
            )
            {
                Operations = ("BatchNormalization", 1),
            },
            new("a batch normalization that is spelt out", Image, g => SpeltOut(g), Normalized)
            {
                Operations = ("BatchNormalization", 1),
            },
            new("a batch normalization of rows that is spelt out", [5, 4], g => SpeltOut(g), Normalized)
            {
                Operations = ("BatchNormalization", 1),
            },
            new(
                "BatchNormWithGlobalNormalization",
                Image,
                g =>
                    Statistics(g)
                        .Node(
                            "BatchNormWithGlobalNormalization",
                            "y",
                            "x mean variance beta gamma",
                            Number("variance_epsilon", 0.01f),
                            Flag("scale_after_normalization", true)
                        ),
                Normalized
            ),
            new(
                "LRN",
                Image,
                g =>
                    g.Node(
                        "LRN",
                        "y",
                        "x",
                        Int("depth_radius", 1),
                        Number("bias", 2),
                        Number("alpha", 0.5f),
                        Number("beta", 0.75f)
                    ),
                x =>
                {
                    var squares = nn.functional.pad(x * x, [1, 1]);
                    var sum = squares[.., .., .., ..4] + squares[.., .., .., 1..5] + squares[.., .., .., 2..6];
                    return x / (2 + (0.5 * sum)).pow(0.75);
                }
            ),
            new(
                "ResizeBilinear as before TensorFlow 2",
                Image,
                g => g.Vector("size", 13, 9).Node("ResizeBilinear", "y", "x size"),
                x => Bilinear(x, 13, 9, (i, scale) => i * scale, 7 / 13f, 6 / 9f)
            ),
            new(
                "ResizeBilinear, align_corners",
                Image,
                g => g.Vector("size", 13, 9).Node("ResizeBilinear", "y", "x size", Flag("align_corners", true)),
                x => Bilinear(x, 13, 9, (i, scale) => i * scale, 6 / 12f, 5 / 8f)
            ),
            new(
                "ResizeBilinear, half_pixel_centers",
                Image,
                g => g.Vector("size", 13, 9).Node("ResizeBilinear", "y", "x size", Flag("half_pixel_centers", true)),
                x => Bilinear(x, 13, 9, (i, scale) => ((i + 0.5f) * scale) - 0.5f, 7 / 13f, 6 / 9f)
            ),
            new(
                "ResizeNearestNeighbor as before TensorFlow 2",
                Image,
                g => g.Vector("size", 10, 11).Node("ResizeNearestNeighbor", "y", "x size"),
                x => Picked(x, 10, 11, (i, scale) => MathF.Floor(i * scale))
            ),
            new(
                "ResizeNearestNeighbor, half_pixel_centers",
                Image,
                g =>
                    g.Vector("size", 10, 11)
                        .Node("ResizeNearestNeighbor", "y", "x size", Flag("half_pixel_centers", true)),
                x => Picked(x, 10, 11, (i, scale) => MathF.Floor((i + 0.5f) * scale))
            ),
            new(
                "SpaceToDepth and DepthToSpace",
                [1, 4, 6, 3],
                g =>
                    g.Node("SpaceToDepth", "s", "x", Int("block_size", 2))
                        .Node("Relu", "r", "s")
                        .Node("DepthToSpace", "y", "r", Int("block_size", 2)),
                x => nn.functional.relu(x)
            ),
            new(
                "SpaceToDepth",
                [1, 4, 6, 3],
                g => g.Node("SpaceToDepth", "y", "x", Int("block_size", 2)),
                x => x.reshape(1, 2, 2, 3, 2, 3).permute(0, 1, 3, 2, 4, 5).reshape(1, 2, 3, 12)
            ),
        ];

    private static TensorFlowGraphWriter Conv(
        TensorFlowGraphWriter g,
        string name,
        params (string, ProtobufWriter)[] attributes
    ) => g.Const("w", [2, 2, 4, 6], W).Node("Identity", "w/read", "w").Node("Conv2D", name, "x w/read", attributes);

    private static TensorFlowGraphWriter Statistics(TensorFlowGraphWriter g) =>
        g.Const("gamma", [4], 1, 2, 3, 0.5f)
            .Const("beta", [4], 0, 1, -1, 2)
            .Const("mean", [4], 0.1f, 0.2f, 0.3f, -0.4f)
            .Const("variance", [4], 1, 0.5f, 2, 0.25f);

    private static TensorFlowGraphWriter SpeltOut(TensorFlowGraphWriter g) =>
        Statistics(g)
            .Const("epsilon", [], 0.01f)
            .Node("AddV2", "bn/batchnorm/add", "variance epsilon")
            .Node("Rsqrt", "bn/batchnorm/Rsqrt", "bn/batchnorm/add")
            .Node("Mul", "bn/batchnorm/mul", "bn/batchnorm/Rsqrt gamma")
            .Node("Mul", "bn/batchnorm/mul_1", "x bn/batchnorm/mul")
            .Node("Mul", "bn/batchnorm/mul_2", "mean bn/batchnorm/mul")
            .Node("Sub", "bn/batchnorm/sub", "beta bn/batchnorm/mul_2")
            .Node("AddV2", "y", "bn/batchnorm/mul_1 bn/batchnorm/sub");

    private static Tensor Normalized(Tensor x) =>
        (
            (x - tensor(new[] { 0.1f, 0.2f, 0.3f, -0.4f }))
            / (tensor(new[] { 1, 0.5f, 2, 0.25f }) + 0.01f).sqrt()
            * tensor(new[] { 1, 2, 3, 0.5f })
        ) + tensor(new[] { 0f, 1, -1, 2 });

    private static Tensor Bilinear(
        Tensor x,
        int height,
        int width,
        Func<int, float, float> place,
        float down,
        float across
    )
    {
        Tensor Along(Tensor t, int axis, int count, float scale)
        {
            var last = (int)t.shape[axis] - 1;
            var parts = Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var at = place(i, scale);
                    var low = (int)MathF.Floor(at);
                    var part = at - low;
                    var (a, b) = (Math.Clamp(low, 0, last), Math.Clamp(low + 1, 0, last));
                    return (t.select(axis, a) * (1 - part)) + (t.select(axis, b) * part);
                });
            return stack(parts.ToArray(), axis);
        }
        return Along(Along(x, 1, height, down), 2, width, across);
    }

    private static Tensor Picked(Tensor x, int height, int width, Func<int, float, float> place)
    {
        Tensor Along(Tensor t, int axis, int count)
        {
            var length = (int)t.shape[axis];
            return stack(
                [
                    .. Enumerable
                        .Range(0, count)
                        .Select(i => t.select(axis, Math.Min((int)place(i, (float)length / count), length - 1))),
                ],
                axis
            );
        }
        return Along(Along(x, 1, height), 2, width);
    }
}
