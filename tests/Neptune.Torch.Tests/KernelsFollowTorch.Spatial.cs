using Neptune.ModelGraph;
using TorchSharp;
using static Neptune.Torch.Tests.Graphs;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Torch.Tests;

public sealed partial class KernelsFollowTorch
{
    private static IEnumerable<(string, KernelCase)> SpatialCases()
    {
        yield return (
            "Conv with bias",
            new([2, 7, 6], [4, 5, 4], [Weight("w", 4, 2, 3, 3), Weight("b", 4)], (h, p) => Exact(h, p["w"], p["b"]))
            {
                Operations = [Op("Conv", "y", ["h", "w", "b"])],
            }
        );
        yield return (
            "Conv of channels that fill blocks, which libtorch computes",
            new(
                [16, 7, 6],
                [32, 5, 4],
                [Weight("w", 32, 16, 3, 3), Weight("b", 32)],
                (h, p) => Exact(h, p["w"], p["b"])
            )
            {
                Operations = [Op("Conv", "y", ["h", "w", "b"])],
            }
        );
        yield return (
            "Conv of each channel apart",
            new(
                [6, 7, 6],
                [6, 5, 4],
                [Weight("w", 6, 1, 3, 3), Weight("b", 6)],
                (h, p) => Exact(h, p["w"], p["b"], groups: 6)
            )
            {
                Operations = [Op("Conv", "y", ["h", "w", "b"], ("group", 6))],
            }
        );
        yield return (
            "Conv with groups, strides and dilations",
            new(
                [4, 11, 9],
                [6, 5, 4],
                [Weight("w", 6, 2, 3, 2)],
                (h, p) => Exact(h, p["w"], null, [2, 2], [1, 0], [2, 1], 2)
            )
            {
                Operations =
                [
                    Op(
                        "Conv",
                        "y",
                        ["h", "w"],
                        ("group", 2),
                        ("strides", new long[] { 2, 2 }),
                        ("dilations", new long[] { 2, 1 }),
                        ("pads", new long[] { 1, 0, 1, 0 })
                    ),
                ],
            }
        );
        yield return (
            "Conv with other pads on each side",
            new(
                [2, 5, 5],
                [3, 6, 8],
                [Weight("w", 3, 2, 3, 3), Weight("b", 3)],
                (h, p) => Exact(F.pad(h, [2, 3, 1, 2]), p["w"], p["b"])
            )
            {
                Operations = [Op("Conv", "y", ["h", "w", "b"], ("pads", new long[] { 1, 2, 2, 3 }))],
            }
        );
        yield return (
            "Conv SAME_UPPER of an even window",
            new([2, 5, 5], [3, 5, 5], [Weight("w", 3, 2, 2, 2)], (h, p) => Exact(F.pad(h, [0, 1, 0, 1]), p["w"]))
            {
                Operations = [Op("Conv", "y", ["h", "w"], ("auto_pad", "SAME_UPPER"))],
            }
        );
        yield return (
            "Conv SAME_LOWER with strides",
            new(
                [2, 6, 6],
                [3, 3, 3],
                [Weight("w", 3, 2, 3, 3)],
                (h, p) => Exact(F.pad(h, [1, 0, 1, 0]), p["w"], null, [2, 2])
            )
            {
                Operations =
                [
                    Op("Conv", "y", ["h", "w"], ("auto_pad", "SAME_LOWER"), ("strides", new long[] { 2, 2 })),
                ],
            }
        );
        yield return (
            "Conv, Relu, MaxPool, Flatten, Gemm",
            new(
                [1, 9, 9],
                [3],
                [Weight("w", 4, 1, 2, 2), Weight("b", 4), Weight("v", 3, 64)],
                (h, p) => F.max_pool2d(Exact(h, p["w"], p["b"]).relu(), 2, 2).flatten(1).mm(p["v"].t())
            )
            {
                Operations =
                [
                    Op("Conv", "c", ["h", "w", "b"]),
                    Op("Relu", "r", ["c"]),
                    Op("MaxPool", "m", ["r"], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 })),
                    Op("Flatten", "f", ["m"]),
                    Op("Gemm", "y", ["f", "v"], ("transB", 1)),
                ],
            }
        );
        yield return (
            "MaxPool with pads, dilations and ceil_mode",
            new([2, 8, 7], [2, 5, 3], [], (h, _) => F.max_pool2d(h, [3, 3], [2, 2], [1, 1], [1, 2], true))
            {
                Operations =
                [
                    Op(
                        "MaxPool",
                        "y",
                        ["h"],
                        ("kernel_shape", new long[] { 3, 3 }),
                        ("strides", new long[] { 2, 2 }),
                        ("pads", new long[] { 1, 1, 1, 1 }),
                        ("dilations", new long[] { 1, 2 }),
                        ("ceil_mode", 1)
                    ),
                ],
            }
        );
        yield return (
            "MaxPool SAME_UPPER",
            new(
                [2, 5, 5],
                [2, 3, 3],
                [],
                (h, _) => F.max_pool2d(F.pad(h, [0, 1, 0, 1], value: double.NegativeInfinity), 2, 2)
            )
            {
                Operations =
                [
                    Op(
                        "MaxPool",
                        "y",
                        ["h"],
                        ("kernel_shape", new long[] { 2, 2 }),
                        ("strides", new long[] { 2, 2 }),
                        ("auto_pad", "SAME_UPPER")
                    ),
                ],
            }
        );
        yield return (
            "AveragePool that leaves padding out",
            new([2, 6, 6], [2, 3, 3], [], (h, _) => F.avg_pool2d(h, [3, 3], [2, 2], [1, 1], count_include_pad: false))
            {
                Operations =
                [
                    Op(
                        "AveragePool",
                        "y",
                        ["h"],
                        ("kernel_shape", new long[] { 3, 3 }),
                        ("strides", new long[] { 2, 2 }),
                        ("pads", new long[] { 1, 1, 0, 0 })
                    ),
                ],
            }
        );
        yield return (
            "AveragePool that counts padding",
            new([2, 6, 6], [2, 4, 4], [], (h, _) => F.avg_pool2d(h, [2, 2], [2, 2], [1, 1], count_include_pad: true))
            {
                Operations =
                [
                    Op(
                        "AveragePool",
                        "y",
                        ["h"],
                        ("kernel_shape", new long[] { 2, 2 }),
                        ("strides", new long[] { 2, 2 }),
                        ("pads", new long[] { 1, 1, 1, 1 }),
                        ("count_include_pad", 1)
                    ),
                ],
            }
        );
        yield return (
            "GlobalAveragePool",
            new([3, 4, 5], [3, 1, 1], [], (h, _) => h.mean([2, 3], keepdim: true))
            {
                Operations = [Op("GlobalAveragePool", "y", ["h"])],
            }
        );
    }

    /// <summary>
    /// A convolution in double precision by unfolded windows: F.conv2d itself is wrong on some processors (see
    /// Convolution.IsReliable), without an error.
    /// </summary>
    private static Tensor Exact(
        Tensor image,
        Tensor filters,
        Tensor? bias = null,
        long[]? strides = null,
        long[]? padding = null,
        long[]? dilation = null,
        int groups = 1
    )
    {
        var ((sy, sx), (py, px), (dy, dx)) = (Two(strides, 1), Two(padding, 0), Two(dilation, 1));
        var (images, weights) = (image.to(float64).chunk(groups, 1), filters.to(float64).chunk(groups, 0));
        var results = images.Zip(
            weights,
            (x, w) => w.flatten(1).matmul(F.unfold(x, (w.size(2), w.size(3)), (dy, dx), (py, px), (sy, sx)))
        );
        var height = ((image.size(2) + (2 * py) - ((filters.size(2) - 1) * dy) - 1) / sy) + 1;
        var y = cat([.. results], 1).reshape(image.size(0), filters.size(0), height, -1);
        return (bias is null ? y : y + bias.reshape(1, -1, 1, 1)).to(float32);

        static (long, long) Two(long[]? values, long otherwise) =>
            values is null ? (otherwise, otherwise) : (values[0], values[1]);
    }
}
