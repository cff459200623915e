using Neptune.ModelGraph;
using TorchSharp;
using static Neptune.Torch.Tests.Graphs;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Torch.Tests;

public sealed partial class KernelsFollowTorch
{
    private static IEnumerable<(string, KernelCase)> IndexingCases() =>
        [.. GatherCases(), .. ScatterCases(), .. SearchCases()];

    private static IEnumerable<(string, KernelCase)> GatherCases()
    {
        yield return (
            "Gather, one place twice and one from the end",
            Case(
                [4, 5],
                [4, 2, 2],
                h => h.index_select(2, tensor(new long[] { 1, 4, 1, 0 })).reshape(Rows, 4, 2, 2),
                Wholes("i", Shape.Of(2, 2), 1, -1, 1, 0),
                Op("Gather", "y", ["h", "i"], ("axis", 2))
            )
        );
        yield return (
            "Gather of a weight's rows",
            new(
                [4],
                [4, 5],
                [Weight("w", 6, 5)],
                (h, p) => h.unsqueeze(2) * p["w"].index_select(0, Buckets(h)).reshape(Rows, 4, 5)
            )
            {
                Operations =
                [
                    Op("Unsqueeze", "g", ["h"], ("axes", new long[] { 2 })),
                    .. Times("d", 2),
                    Op("Abs", "a", ["d"]),
                    Op("Cast", "i", ["a"], ("to", "Int32")),
                    Op("Gather", "r", ["w", "i"]),
                    Op("Mul", "y", ["r", "g"]),
                ],
            }
        );
        yield return (
            "GatherElements",
            Case(
                [4, 5],
                [2, 5],
                h => h.gather(1, tensor(Pattern(30, 4), [3, 2, 5])),
                [
                    Wholes("c", Shape.Of(3, 2, 5), Pattern(30, 4)),
                    .. Freed("i", "c", 3),
                    Op("GatherElements", "y", ["h", "i"], ("axis", 1)),
                ]
            )
        );
        yield return (
            "GatherND",
            Case(
                [4, 5],
                [2],
                h => stack([h.select(1, 3).select(1, 0), h.select(1, 1).select(1, 4)], 1),
                [
                    Wholes("c", Shape.Of(3, 2, 2), [3, 0, 1, 4, 3, 0, 1, -1, -1, 0, 1, 4]),
                    .. Freed("i", "c", 3),
                    Op("GatherND", "y", ["h", "i"], ("batch_dims", 1)),
                ]
            )
        );
    }

    private static IEnumerable<(string, KernelCase)> ScatterCases()
    {
        (string, Func<Tensor, Tensor, Tensor>?)[] reductions =
        [
            ("none", null),
            ("add", (a, b) => a + b),
            ("mul", (a, b) => a * b),
            ("max", (a, b) => a.maximum(b)),
            ("min", (a, b) => a.minimum(b)),
        ];
        foreach (var (reduction, function) in reductions)
        {
            // Where places count, the first of them is written twice.
            long[] columns = function is null ? [3, 1] : [3, 3];
            Tensor Expected(Tensor h, Tensor u)
            {
                var columnsOf = h.unbind(2);
                for (var i = 0; i < 2; i++)
                {
                    var c = columns[i];
                    columnsOf[c] = function is null ? u.select(2, i) : function(columnsOf[c], u.select(2, i));
                }
                return stack(columnsOf, 2);
            }
            yield return (
                $"ScatterElements, {reduction}",
                new([4, 5], [4, 5], [Weight("u", 3, 4, 2)], (h, p) => Expected(h, p["u"]))
                {
                    Operations =
                    [
                        Wholes("i", Shape.Of(3, 4, 2), [.. Enumerable.Range(0, 24).Select(i => columns[i % 2])]),
                        Op("ScatterElements", "y", ["h", "i", "u"], ("axis", 2), ("reduction", reduction)),
                    ],
                }
            );
            yield return (
                $"ScatterND, {reduction}",
                new(
                    [4, 5],
                    [5, 4],
                    [Weight("u", 2, 3, 4)],
                    (h, p) => Expected(h, p["u"].permute(1, 2, 0)).permute(0, 2, 1)
                )
                {
                    Operations =
                    [
                        Op("Transpose", "t", ["h"], ("perm", new long[] { 2, 0, 1 })),
                        Wholes("i", Shape.Of(2, 1), columns),
                        .. Freed("f", "u", 3, axis: 1),
                        Op("ScatterND", "s", ["t", "i", "f"], ("reduction", reduction)),
                        Op("Transpose", "y", ["s"], ("perm", new long[] { 1, 0, 2 })),
                    ],
                }
            );
        }
        yield return (
            "Scatter, by its old name",
            new([4, 5], [4, 5], [Weight("u", 3, 1, 5)], (h, p) => cat([h.narrow(1, 0, 3), p["u"]], 1))
            {
                Operations =
                [
                    Wholes("i", Shape.Of(3, 1, 5), [.. Enumerable.Repeat(-1L, 15)]),
                    Op("Scatter", "y", ["h", "i", "u"], ("axis", 1)),
                ],
            }
        );
        yield return (
            "TensorScatter, around the end",
            new(
                [4, 5],
                [4, 5],
                [Weight("u", 3, 2, 5)],
                (h, p) =>
                    stack([
                        cat([p["u"][0], h[0].narrow(0, 2, 2)]),
                        cat([h[1].narrow(0, 0, 2), p["u"][1]]),
                        cat([p["u"][2].narrow(0, 1, 1), h[2].narrow(0, 1, 2), p["u"][2].narrow(0, 0, 1)]),
                    ])
            )
            {
                Operations =
                [
                    Wholes("i", 0, 2, 3),
                    .. Freed("f", "u", 3),
                    Op("TensorScatter", "y", ["h", "f", "i"], ("mode", "circular")),
                ],
            }
        );
    }

    private static IEnumerable<(string, KernelCase)> SearchCases()
    {
        foreach (var (type, last) in new[] { ("ArgMax", false), ("ArgMin", true) })
        {
            yield return (
                type,
                Case(
                    [4, 5],
                    [4, 1],
                    h => (type == "ArgMax" ? h.max(2, keepdim: true).values : h.min(2, keepdim: true).values),
                    Op(type, "i", ["h"], ("axis", 2), ("select_last_index", last ? 1 : 0)),
                    Op("GatherElements", "y", ["h", "i"], ("axis", 2))
                )
            );
        }
        yield return (
            "NonZero and ReduceSum: how many are positive",
            Case(
                h => h * h.gt(0).sum().@float(),
                Op("Relu", "r", ["h"]),
                Op("NonZero", "n", ["r"]),
                Op("Shape", "s", ["n"], ("start", 1)),
                Op("Cast", "f", ["s"], ("to", "Float32")),
                Op("Mul", "y", ["h", "f"])
            )
        );
        yield return (
            "OneHot, one of the weights for off and one for on",
            new(
                [4],
                [4, 6],
                [Weight("v", 2)],
                (h, p) =>
                {
                    var hot = F.one_hot(Buckets(h), 6).reshape(Rows, 4, 6);
                    return h.unsqueeze(2) * ((hot * p["v"][1]) + ((1 - hot) * p["v"][0]));
                }
            )
            {
                Operations =
                [
                    .. Times("d", 2),
                    Op("Abs", "a", ["d"]),
                    Op("Cast", "i", ["a"], ("to", "Int64")),
                    Whole("depth", 6),
                    Op("OneHot", "o", ["i", "depth", "v"]),
                    Op("Unsqueeze", "g", ["h"], ("axes", new long[] { 2 })),
                    Op("Mul", "y", ["o", "g"]),
                ],
            }
        );
        yield return ("CumSum", Case(h => h.cumsum(2), Whole("a", -1), Op("CumSum", "y", ["h", "a"])));
        yield return (
            "CumSum of those behind",
            Case(
                h => h.sum(2, keepdim: true) - h.cumsum(2),
                Whole("a", 2),
                Op("CumSum", "y", ["h", "a"], ("exclusive", 1), ("reverse", 1))
            )
        );
        yield return (
            "TopK, values and places",
            Case(
                [4, 5],
                [4, 3],
                h => h.topk(3).values * (1 + h.topk(3).indexes.@float()),
                Wholes("k", 3),
                Op("TopK", "v", ["h", "k"]) with
                {
                    Outputs = ["v", "i"],
                },
                Op("Cast", "f", ["i"], ("to", "Float32")),
                Number("one", 1),
                Op("Add", "g", ["f", "one"]),
                Op("Mul", "y", ["v", "g"])
            )
        );
        yield return (
            "Unique: as often as there are different signs",
            Case(
                h => h * h.sign().unique().output.NumberOfElements,
                Op("Sign", "s", ["h"]),
                Op("Unique", "u", ["s"]) with
                {
                    Outputs = ["u", "", "", "c"],
                },
                Op("Size", "n", ["c"]),
                Op("Cast", "f", ["n"], ("to", "Float32")),
                Op("Mul", "y", ["h", "f"])
            )
        );
    }

    private static Tensor Buckets(Tensor h) => (h * 2).abs().@long().flatten();

    private static long[] Pattern(int count, int below) =>
        [.. Enumerable.Range(0, count).Select(i => (long)(i * 7 % 11 % below))];
}
