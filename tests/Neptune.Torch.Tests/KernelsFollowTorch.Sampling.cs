using System.Runtime.InteropServices;
using Neptune.ModelGraph;
using static Neptune.Torch.Tests.Graphs;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Torch.Tests;

public sealed partial class KernelsFollowTorch
{
    private static IEnumerable<(string, KernelCase)> SamplingCases()
    {
        yield return (
            "Resize to twice the size by nearest elements",
            new([2, 3, 4], [2, 6, 8], [], (h, _) => h.repeat_interleave(2, 2).repeat_interleave(2, 3))
            {
                Operations =
                [
                    Op(
                        "Resize",
                        "y",
                        ["h"],
                        ("scales", Reals(1, 1, 2, 2)),
                        ("coordinate_transformation_mode", "asymmetric"),
                        ("nearest_mode", "floor")
                    ),
                ],
            }
        );
        yield return (
            "Resize by nearest elements to sizes that do not divide",
            new([2, 5, 4], [2, 7, 3], [], (h, _) => F.interpolate(h, [7, 3], null, InterpolationMode.Nearest))
            {
                Operations =
                [
                    Numbers("sizes", 7, 3),
                    Op(
                        "Resize",
                        "y",
                        ["h", "", "", "sizes"],
                        ("axes", new long[] { 2, 3 }),
                        ("coordinate_transformation_mode", "asymmetric"),
                        ("nearest_mode", "floor")
                    ),
                ],
            }
        );
        yield return (
            "Resize, linear",
            new(
                [2, 5, 4],
                [2, 8, 3],
                [],
                (h, _) => F.interpolate(h, [8, 3], null, InterpolationMode.Bilinear, align_corners: false)
            )
            {
                Operations =
                [
                    Numbers("sizes", 8, 3),
                    Op("Resize", "y", ["h", "", "", "sizes"], ("axes", new long[] { 2, 3 }), ("mode", "linear")),
                ],
            }
        );
        yield return (
            "Resize, linear with aligned corners, of a sequence",
            new(
                [2, 5],
                [2, 9],
                [],
                (h, _) => F.interpolate(h, [9], null, InterpolationMode.Linear, align_corners: true)
            )
            {
                Operations =
                [
                    Numbers("sizes", 9),
                    Op(
                        "Resize",
                        "y",
                        ["h", "", "", "sizes"],
                        ("axes", new long[] { -1 }),
                        ("coordinate_transformation_mode", "align_corners"),
                        ("mode", "linear")
                    ),
                ],
            }
        );
        yield return (
            "Resize, cubic",
            new(
                [2, 5, 4],
                [2, 10, 7],
                [],
                (h, _) => F.interpolate(h, [10, 7], null, InterpolationMode.Bicubic, align_corners: false)
            )
            {
                Operations =
                [
                    Numbers("sizes", 10, 7),
                    Op("Resize", "y", ["h", "", "", "sizes"], ("axes", new long[] { 2, 3 }), ("mode", "cubic")),
                ],
            }
        );
        yield return (
            "Resize, linear with antialias",
            new(
                [2, 9, 8],
                [2, 4, 3],
                [],
                (h, _) =>
                    F.interpolate(h, [4, 3], null, InterpolationMode.Bilinear, align_corners: false, antialias: true)
            )
            {
                Operations =
                [
                    Numbers("sizes", 4, 3),
                    Op(
                        "Resize",
                        "y",
                        ["h", "", "", "sizes"],
                        ("axes", new long[] { 2, 3 }),
                        ("mode", "linear"),
                        ("antialias", 1),
                        ("exclude_outside", 1)
                    ),
                ],
            }
        );
        yield return (
            "Upsample",
            new([2, 3, 4], [2, 6, 12], [], (h, _) => h.repeat_interleave(2, 2).repeat_interleave(3, 3))
            {
                Operations = [Op("Upsample", "y", ["h"], ("scales", Reals(1, 1, 2, 3)))],
            }
        );
        yield return (
            "GridSample at places computed of the image",
            new(
                [2, 4, 5],
                [2, 4, 5],
                [],
                (h, _) =>
                    F.grid_sample(
                        h,
                        h.permute(0, 2, 3, 1).tanh(),
                        GridSampleMode.Bilinear,
                        GridSamplePaddingMode.Border,
                        align_corners: true
                    )
            )
            {
                Operations =
                [
                    Op("Transpose", "t", ["h"], ("perm", new long[] { 0, 2, 3, 1 })),
                    Op("Tanh", "grid", ["t"]),
                    Op("GridSample", "y", ["h", "grid"], ("align_corners", 1), ("padding_mode", "border")),
                ],
            }
        );
        yield return (
            "GridSample, cubic, at twice the size",
            new(
                [2, 4, 5],
                [2, 8, 10],
                [],
                (h, _) => F.interpolate(h, [8, 10], null, InterpolationMode.Bicubic, align_corners: false)
            )
            {
                Operations =
                [
                    ConstantValue.ToOperation(
                        "same",
                        TensorValue.Of(Shape.Of(3, 2, 3), [1f, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0])
                    ),
                    Op("Shape", "count", ["h"], ("start", 0), ("end", 1)),
                    Numbers("rest", 2, 3),
                    Op("Concat", "lengths", ["count", "rest"], ("axis", 0)),
                    Op("Reshape", "maps", ["same", "lengths"]),
                    Numbers("size", Rows, 2, 8, 10),
                    Op("AffineGrid", "grid", ["maps", "size"]),
                    Op("GridSample", "y", ["h", "grid"], ("mode", "cubic"), ("padding_mode", "border")),
                ],
            }
        );
        yield return (
            "AffineGrid",
            new([2, 3], [4, 5, 2], [], (h, _) => F.affine_grid(h, [Rows, 2, 4, 5], align_corners: false))
            {
                Operations = [Numbers("size", Rows, 2, 4, 5), Op("AffineGrid", "y", ["h", "size"])],
            }
        );
        yield return (
            "RoiAlign of regions that lie on elements",
            new(
                [2, 6, 6],
                [2, 4, 4],
                [],
                (h, _) =>
                    stack([
                        h[0].narrow(1, 0, 4).narrow(2, 1, 4),
                        h[2].narrow(1, 2, 4).narrow(2, 0, 4),
                        h[1].narrow(1, 1, 4).narrow(2, 2, 4),
                    ])
            )
            {
                Operations =
                [
                    ConstantValue.ToOperation(
                        "rois",
                        TensorValue.Of(Shape.Of(3, 4), [1f, 0, 5, 4, 0, 2, 4, 6, 2, 1, 6, 5])
                    ),
                    Numbers("images", 0, 2, 1),
                    Numbers("four", 4),
                    // As many regions as samples: the batch's length is known when it runs.
                    Op("Shape", "count", ["h"], ("start", 0), ("end", 1)),
                    Op("Concat", "lengths", ["count", "four"], ("axis", 0)),
                    Op("Reshape", "regions", ["rois", "lengths"]),
                    Op("Reshape", "of", ["images", "count"]),
                    Op(
                        "RoiAlign",
                        "y",
                        ["h", "regions", "of"],
                        ("output_height", 4),
                        ("output_width", 4),
                        ("sampling_ratio", 1)
                    ),
                ],
            }
        );
    }

    private static AttributeValue Reals(params float[] values) => new AttributeValue.Floats([.. values]);

    private static Operation Numbers(string name, params long[] numbers) =>
        ConstantValue.ToOperation(
            name,
            new(ElementType.Int64, Shape.Of(numbers.Length), MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray())
        );
}
