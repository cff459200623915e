using TorchSharp;
using static Neptune.Formats.Tests.TensorFlowGraphWriter;
using static Neptune.Formats.Tests.TensorFlowMaths;
using static TorchSharp.torch;

namespace Neptune.Formats.Tests;

/// <summary>Other layers on images (2, 7, 6, 4), each with settings that change its results.</summary>
internal static class TensorFlowLayerCases
{
    private static readonly long[] Image = [2, 7, 6, 4];

    public static IEnumerable<TensorFlowCase> All =>
        [
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
            new(
                "a batch normalization that is spelt out with weights (1, 1, 1, C)",
                Image,
                g => SpeltOut(g, 1, 1, 1, 4),
                Normalized
            )
            {
                Operations = ("BatchNormalization", 1),
            },
            new(
                "a batch normalization that is spelt out with channels first",
                [2, 4, 5, 3],
                g => SpeltOut(g, 1, 4, 1, 1),
                x => First(Normalized(Last(x)))
            )
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

    private static TensorFlowGraphWriter Statistics(TensorFlowGraphWriter g) =>
        g.Const("gamma", [4], 1, 2, 3, 0.5f)
            .Const("beta", [4], 0, 1, -1, 2)
            .Const("mean", [4], 0.1f, 0.2f, 0.3f, -0.4f)
            .Const("variance", [4], 1, 0.5f, 2, 0.25f);

    private static TensorFlowGraphWriter SpeltOut(TensorFlowGraphWriter g, params int[] shape)
    {
        Statistics(g).Const("epsilon", [], 0.01f).Vector("shape", shape.Length > 0 ? shape : [4]);
        foreach (var weight in (ReadOnlySpan<string>)["gamma", "beta", "mean", "variance"])
        {
            g.Node("Reshape", $"{weight}/r", $"{weight} shape");
        }
        return g.Node("AddV2", "bn/batchnorm/add", "variance/r epsilon")
            .Node("Rsqrt", "bn/batchnorm/Rsqrt", "bn/batchnorm/add")
            .Node("Mul", "bn/batchnorm/mul", "bn/batchnorm/Rsqrt gamma/r")
            .Node("Mul", "bn/batchnorm/mul_1", "x bn/batchnorm/mul")
            .Node("Mul", "bn/batchnorm/mul_2", "mean/r bn/batchnorm/mul")
            .Node("Sub", "bn/batchnorm/sub", "beta/r bn/batchnorm/mul_2")
            .Node("AddV2", "y", "bn/batchnorm/mul_1 bn/batchnorm/sub");
    }

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
