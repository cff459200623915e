using static Neptune.Torch.Tests.Graphs;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Torch.Tests;

public sealed partial class KernelsFollowTorch
{
    private static IEnumerable<(string, KernelCase)> WindowCases()
    {
        yield return (
            "Conv of a sequence, with strides, dilations and other pads on each side",
            new(
                [4, 11],
                [6, 5],
                [Weight("w", 6, 2, 3), Weight("b", 6)],
                (h, p) =>
                    Exact(F.pad(h, [1, 2]).unsqueeze(2), p["w"].unsqueeze(2), p["b"], [1, 2], [0, 0], [1, 2], groups: 2)
                        .squeeze(2)
            )
            {
                Operations =
                [
                    Op(
                        "Conv",
                        "y",
                        ["h", "w", "b"],
                        ("group", 2),
                        ("strides", new long[] { 2 }),
                        ("dilations", new long[] { 2 }),
                        ("pads", new long[] { 1, 2 })
                    ),
                ],
            }
        );
        yield return (
            "Conv of a volume",
            new(
                [4, 5, 6, 7],
                [6, 2, 5, 3],
                [Weight("w", 6, 2, 3, 2, 3), Weight("b", 6)],
                (h, p) => Double(F.conv3d(h.to(float64), D(p["w"]), D(p["b"]), [2, 1, 2], [1, 0, 0], [2, 1, 1], 2))
            )
            {
                Operations =
                [
                    Op(
                        "Conv",
                        "y",
                        ["h", "w", "b"],
                        ("group", 2),
                        ("strides", new long[] { 2, 1, 2 }),
                        ("dilations", new long[] { 2, 1, 1 }),
                        ("pads", new long[] { 1, 0, 0, 1, 0, 0 })
                    ),
                ],
            }
        );
        yield return (
            "ConvTranspose of a sequence",
            new(
                [4, 5],
                [3, 13],
                [Weight("w", 4, 3, 4), Weight("b", 3)],
                (h, p) => Double(F.conv_transpose1d(h.to(float64), D(p["w"]), D(p["b"]), 2, 0, 1))
            )
            {
                Operations =
                [
                    Op(
                        "ConvTranspose",
                        "y",
                        ["h", "w", "b"],
                        ("strides", new long[] { 2 }),
                        ("output_padding", new long[] { 1 })
                    ),
                ],
            }
        );
        yield return (
            "ConvTranspose of an image with groups, dilations and pads",
            new(
                [4, 5, 4],
                [6, 11, 9],
                [Weight("w", 4, 3, 3, 3)],
                (h, p) => Double(F.conv_transpose2d(h.to(float64), D(p["w"]), null, [2, 2], [1, 1], [0, 0], [2, 2], 2))
            )
            {
                Operations =
                [
                    Op(
                        "ConvTranspose",
                        "y",
                        ["h", "w"],
                        ("group", 2),
                        ("strides", new long[] { 2, 2 }),
                        ("dilations", new long[] { 2, 2 }),
                        ("pads", new long[] { 1, 1, 1, 1 })
                    ),
                ],
            }
        );
        yield return (
            "ConvTranspose to a given shape, larger than the windows reach",
            new(
                [2, 3, 3],
                [2, 8, 7],
                [Weight("w", 2, 2, 2, 2), Weight("b", 2)],
                (h, p) =>
                    F.pad(Double(F.conv_transpose2d(h.to(float64), D(p["w"]), null, [2, 2])), [0, 1, 0, 2])
                    + p["b"].reshape(1, 2, 1, 1)
            )
            {
                Operations =
                [
                    Op(
                        "ConvTranspose",
                        "y",
                        ["h", "w", "b"],
                        ("strides", new long[] { 2, 2 }),
                        ("output_shape", new long[] { 8, 7 })
                    ),
                ],
            }
        );
        yield return (
            "ConvTranspose of a volume",
            new(
                [2, 3, 2, 3],
                [4, 7, 3, 5],
                [Weight("w", 2, 4, 3, 2, 3), Weight("b", 4)],
                (h, p) => Double(F.conv_transpose3d(h.to(float64), D(p["w"]), D(p["b"]), [2, 1, 1]))
            )
            {
                Operations = [Op("ConvTranspose", "y", ["h", "w", "b"], ("strides", new long[] { 2, 1, 1 }))],
            }
        );
        yield return (
            "MaxPool of a sequence with ceil_mode",
            new([3, 9], [3, 5], [], (h, _) => F.max_pool1d(h, 2, 2, ceil_mode: true))
            {
                Operations =
                [
                    Op(
                        "MaxPool",
                        "y",
                        ["h"],
                        ("kernel_shape", new long[] { 2 }),
                        ("strides", new long[] { 2 }),
                        ("ceil_mode", 1)
                    ),
                ],
            }
        );
        yield return (
            "MaxPool of a volume with dilations",
            new([2, 6, 5, 5], [2, 3, 3, 1], [], (h, _) => F.max_pool3d(h, [2, 3, 3], [2, 1, 1], [0, 0, 0], [1, 1, 2]))
            {
                Operations =
                [
                    Op(
                        "MaxPool",
                        "y",
                        ["h"],
                        ("kernel_shape", new long[] { 2, 3, 3 }),
                        ("strides", new long[] { 2, 1, 1 }),
                        ("dilations", new long[] { 1, 1, 2 })
                    ),
                ],
            }
        );
        yield return (
            "MaxPool with places, and MaxUnpool that puts them back",
            new(
                [2, 4, 6],
                [2, 4, 6],
                [],
                (h, _) =>
                {
                    var largest = F.max_pool2d(h, 2, 2).repeat_interleave(2, 2).repeat_interleave(2, 3);
                    return where(h.eq(largest), h, zeros_like(h));
                }
            )
            {
                Operations =
                [
                    Op(
                        "MaxPool",
                        "m",
                        ["h"],
                        ("kernel_shape", new long[] { 2, 2 }),
                        ("strides", new long[] { 2, 2 })
                    ) with
                    {
                        Outputs = ["m", "places"],
                    },
                    Op(
                        "MaxUnpool",
                        "y",
                        ["m", "places"],
                        ("kernel_shape", new long[] { 2, 2 }),
                        ("strides", new long[] { 2, 2 })
                    ),
                ],
            }
        );
        yield return (
            "AveragePool of a sequence",
            new([3, 9], [3, 5], [], (h, _) => F.avg_pool1d(h, 3, 2, 1, count_include_pad: false))
            {
                Operations =
                [
                    Op(
                        "AveragePool",
                        "y",
                        ["h"],
                        ("kernel_shape", new long[] { 3 }),
                        ("strides", new long[] { 2 }),
                        ("pads", new long[] { 1, 1 })
                    ),
                ],
            }
        );
        yield return (
            "AveragePool of a volume that counts padding, with ceil_mode",
            new(
                [2, 5, 4, 5],
                [2, 3, 3, 3],
                [],
                (h, _) => F.avg_pool3d(h, [2, 2, 3], [2, 2, 2], [1, 1, 1], ceil_mode: true, count_include_pad: true)
            )
            {
                Operations =
                [
                    Op(
                        "AveragePool",
                        "y",
                        ["h"],
                        ("kernel_shape", new long[] { 2, 2, 3 }),
                        ("strides", new long[] { 2, 2, 2 }),
                        ("pads", new long[] { 1, 1, 1, 1, 1, 1 }),
                        ("ceil_mode", 1),
                        ("count_include_pad", 1)
                    ),
                ],
            }
        );
        yield return (
            "AveragePool with dilations",
            new(
                [2, 5, 5],
                [2, 3, 4],
                [],
                (h, _) =>
                {
                    var (top, bottom) = (h.narrow(2, 0, 3), h.narrow(2, 2, 3));
                    return (top + bottom).narrow(3, 0, 4) / 4 + (top + bottom).narrow(3, 1, 4) / 4;
                }
            )
            {
                Operations =
                [
                    Op(
                        "AveragePool",
                        "y",
                        ["h"],
                        ("kernel_shape", new long[] { 2, 2 }),
                        ("dilations", new long[] { 2, 1 })
                    ),
                ],
            }
        );
        yield return (
            "LpPool",
            new([2, 6, 6], [2, 3, 3], [], (h, _) => (F.avg_pool2d(h.pow(2), 2, 2) * 4).sqrt())
            {
                Operations =
                [
                    Op("LpPool", "y", ["h"], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 })),
                ],
            }
        );
        yield return (
            "LpPool of order 3",
            new([2, 6], [2, 5], [], (h, _) => (F.avg_pool1d(h.abs().pow(3), 2, 1) * 2).pow(1 / 3.0))
            {
                Operations = [Op("LpPool", "y", ["h"], ("kernel_shape", new long[] { 2 }), ("p", 3))],
            }
        );
        yield return (
            "GlobalMaxPool",
            new([3, 4, 5], [3, 1, 1], [], (h, _) => h.amax([2, 3], keepdim: true))
            {
                Operations = [Op("GlobalMaxPool", "y", ["h"])],
            }
        );
        yield return (
            "GlobalLpPool",
            new([3, 4, 5], [3, 1, 1], [], (h, _) => h.pow(2).sum([2L, 3L], keepdim: true).sqrt())
            {
                Operations = [Op("GlobalLpPool", "y", ["h"])],
            }
        );
    }

    // In double precision, which libtorch does not hand to oneDNN (see Convolution.IsReliable).
    private static Tensor D(Tensor weight) => weight.to(float64);

    private static Tensor Double(Tensor exact) => exact.to(float32);
}
