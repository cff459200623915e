using Neptune.ModelGraph;
using TorchSharp;
using static Neptune.Torch.Tests.Graphs;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Torch.Tests;

public sealed partial class KernelsFollowTorch
{
    private static IEnumerable<(string, KernelCase)> LayoutCases() =>
        [.. JoinCases(), .. CutCases(), .. AxisCases(), .. MakeCases()];

    private static IEnumerable<(string, KernelCase)> JoinCases()
    {
        yield return (
            "Concat",
            Case(
                [4, 5],
                [4, 10],
                h => cat([h, h.relu()], 2),
                Op("Relu", "r", ["h"]),
                Op("Concat", "y", ["h", "r"], ("axis", -1))
            )
        );
        yield return (
            "Expand",
            Case([1, 5], [4, 5], h => h.expand(Rows, 4, 5), Wholes("s", 4, 1), Op("Expand", "y", ["h", "s"]))
        );
        yield return (
            "Tile",
            Case([2, 5], [4, 15], h => h.repeat(1, 2, 3), Wholes("r", 1, 2, 3), Op("Tile", "y", ["h", "r"]))
        );
        yield return (
            "Pad with a constant, and cut",
            Case(
                [4, 5],
                [5, 4],
                h => F.pad(h, [-1, 0, 1, 0], PaddingModes.Constant, 0.5),
                Wholes("pads", 0, 1, -1, 0, 0, 0),
                Number("v", 0.5f),
                Op("Pad", "y", ["h", "pads", "v"])
            )
        );
        yield return (
            "Pad by reflection",
            Case(
                [4, 5],
                [7, 7],
                h => F.pad(h, [2, 0, 1, 2], PaddingModes.Reflect),
                Op("Pad", "y", ["h"], ("pads", new long[] { 0, 1, 2, 0, 2, 0 }), ("mode", "reflect"))
            )
        );
        yield return (
            "Pad by the edge, of one axis",
            Case(
                [4, 5],
                [4, 8],
                h => F.pad(h, [2, 1], PaddingModes.Replicate),
                Wholes("pads", 2, 1),
                Wholes("a", -1),
                Op("Pad", "y", ["h", "pads", "", "a"], ("mode", "edge"))
            )
        );
        yield return (
            "Pad by the other side",
            Case(
                [4, 5],
                [4, 8],
                h => F.pad(h, [2, 1], PaddingModes.Circular),
                Op("Pad", "y", ["h"], ("pads", new long[] { 0, 0, 2, 0, 0, 1 }), ("mode", "wrap"))
            )
        );
    }

    private static IEnumerable<(string, KernelCase)> CutCases()
    {
        yield return (
            "Slice, forward",
            Case(
                [4, 5],
                [2, 3],
                h => h.slice(1, 1, 3, 1).slice(2, 0, 5, 2),
                Op(
                    "Slice",
                    "s",
                    ["h"],
                    ("starts", new long[] { 1 }),
                    ("ends", new long[] { -1 }),
                    ("axes", new long[] { 1 })
                ),
                Wholes("from", 0),
                Wholes("to", 9),
                Wholes("axis", -1),
                Wholes("step", 2),
                Op("Slice", "y", ["s", "from", "to", "axis", "step"])
            )
        );
        yield return (
            "Slice, backward",
            Case(
                [4, 5],
                [4, 2],
                h => h.flip(2).slice(2, 1, 5, 2),
                Wholes("from", -2),
                Wholes("to", long.MinValue),
                Wholes("axis", 2),
                Wholes("step", -2),
                Op("Slice", "y", ["h", "from", "to", "axis", "step"])
            )
        );
        yield return (
            "Split, of which two parts are read",
            Case(
                [4, 7],
                [4, 3],
                h => h.narrow(2, 0, 3) * h.narrow(2, 6, 1),
                Op("Split", "a", ["h"], ("axis", 2)) with
                {
                    Outputs = ["a", "b", "c"],
                },
                Op("Mul", "y", ["a", "c"])
            )
        );
        yield return (
            "Split by lengths",
            Case(
                [4, 7],
                [4, 5],
                h => h.narrow(2, 2, 5),
                Wholes("l", 2, 5),
                Op("Split", "a", ["h", "l"], ("axis", -1)) with
                {
                    Outputs = ["a", "y"],
                }
            )
        );
        yield return (
            "Compress",
            Case(
                [4, 5],
                [2, 5],
                h => h.index_select(1, tensor(new long[] { 1, 3 })),
                ConstantValue.ToOperation("c", new(ElementType.Boolean, Shape.Of(4), new byte[] { 0, 1, 0, 1 })),
                Op("Compress", "s", ["h", "c"], ("axis", 1)),
                Wholes("shape", 0, 2, 5),
                Op("Reshape", "y", ["s", "shape"])
            )
        );
        yield return ("Trilu", Case(h => h.tril(1), Whole("k", 1), Op("Trilu", "y", ["h", "k"], ("upper", 0))));
    }

    private static IEnumerable<(string, KernelCase)> AxisCases()
    {
        yield return (
            "Unsqueeze and Squeeze",
            Case(
                [4, 5],
                [4, 1, 5],
                h => h.unsqueeze(2),
                Op("Unsqueeze", "u", ["h"], ("axes", new long[] { 2, -1 })),
                Wholes("a", -1),
                Op("Squeeze", "y", ["u", "a"])
            )
        );
        yield return (
            "DepthToSpace, by channels",
            Case(
                [8, 2, 3],
                [2, 4, 6],
                h => F.pixel_shuffle(h, 2),
                Op("DepthToSpace", "y", ["h"], ("blocksize", 2), ("mode", "CRD"))
            )
        );
        yield return (
            "DepthToSpace, by blocks",
            Case(
                [8, 2, 3],
                [2, 4, 6],
                h => F.pixel_shuffle(h.reshape(Rows, 4, 2, 2, 3).transpose(1, 2).reshape(Rows, 8, 2, 3), 2),
                Op("DepthToSpace", "y", ["h"], ("blocksize", 2))
            )
        );
        yield return (
            "SpaceToDepth",
            Case(
                [2, 4, 6],
                [8, 2, 3],
                h => F.pixel_unshuffle(h, 2).reshape(Rows, 2, 4, 2, 3).transpose(1, 2).reshape(Rows, 8, 2, 3),
                Op("SpaceToDepth", "y", ["h"], ("blocksize", 2))
            )
        );
        yield return (
            "ReverseSequence",
            Case(
                h =>
                    stack([
                        h.select(0, 0),
                        cat([h.select(0, 1).narrow(0, 0, 2).flip(0), h.select(0, 1).narrow(0, 2, 2)]),
                        h.select(0, 2).flip(0),
                    ]),
                [
                    Wholes("c", 1, 2, 4),
                    .. Freed("l", "c", 3),
                    Op("ReverseSequence", "y", ["h", "l"], ("batch_axis", 0), ("time_axis", 1)),
                ]
            )
        );
    }

    private static IEnumerable<(string, KernelCase)> MakeCases()
    {
        yield return (
            "Shape, ConstantOfShape and Add",
            Case(
                h => h + 2,
                Op("Shape", "s", ["h"]),
                Op(
                    "ConstantOfShape",
                    "c",
                    ["s"],
                    [
                        .. ConstantValue
                            .ToOperation("v", TensorValue.Of(Shape.Of(1), [2]))
                            .Attributes.Select(a => (a.Key, a.Value)),
                    ]
                ),
                Op("Add", "y", ["h", "c"])
            )
        );
        yield return (
            "Size, as a factor",
            Case(
                h => h * 60,
                Op("Size", "s", ["h"]),
                Op("Cast", "f", ["s"], ("to", "Float32")),
                Op("Mul", "y", ["h", "f"])
            )
        );
        yield return (
            "Range of whole and of real numbers",
            Case(
                h => h * tensor([5f, 3f, 1f, -1f, -3f]) + tensor([0.5f, 0.75f, 1f, 1.25f, 1.5f]),
                Whole("a", 5),
                Whole("b", -4),
                Whole("c", -2),
                Op("Range", "i", ["a", "b", "c"]),
                Op("Cast", "f", ["i"], ("to", "Float32")),
                Number("d", 0.5f),
                Number("e", 1.6f),
                Number("g", 0.25f),
                Op("Range", "r", ["d", "e", "g"]),
                Op("Mul", "m", ["h", "f"]),
                Op("Add", "y", ["m", "r"])
            )
        );
        yield return (
            "EyeLike",
            Case(
                [4, 5],
                [4, 5],
                h => h + cat([zeros([4, 1]), eye(4, 4)], 1),
                ConstantValue.ToOperation("c", TensorValue.Of(Shape.Of(4, 5), new float[20])),
                Op("EyeLike", "e", ["c"], ("k", 1)),
                Op("Add", "y", ["h", "e"])
            )
        );
    }
}
