using static Neptune.Torch.Tests.Graphs;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Torch.Tests;

public sealed partial class KernelsFollowTorch
{
    private static IEnumerable<(string, KernelCase)> NormalizationCases()
    {
        yield return (
            "BatchNormalization by statistics that are computed",
            new(
                [3, 4, 5],
                [3, 4, 5],
                [Weight("s", 3), Weight("b", 3), Weight("m", 3), Weight("v", 3)],
                (h, p) => (h - C(p["m"])) / C(p["v"] * p["v"] + 0.01f).sqrt() * C(p["s"]) + C(p["b"])
            )
            {
                Operations =
                [
                    Op("Mul", "squares", ["v", "v"]),
                    Op("BatchNormalization", "y", ["h", "s", "b", "m", "squares"], ("epsilon", 0.01f)),
                ],
            }
        );
        yield return (
            "BatchNormalization by the batch's own statistics, with the moved ones",
            new(
                [3, 5],
                [3, 5],
                [Weight("s", 3), Weight("b", 3), Weight("m", 3), Weight("v", 3)],
                (h, p) =>
                {
                    var mean = h.mean([0L, 2L]);
                    var variance = (h - C1(mean)).pow(2).mean([0L, 2L]);
                    var y = (h - C1(mean)) / C1(variance + 1e-5f).sqrt() * C1(p["s"]) + C1(p["b"]);
                    return y + C1(p["m"] * 0.75f + mean * 0.25f) + C1(p["v"] * 0.75f + variance * 0.25f);
                }
            )
            {
                Operations =
                [
                    Op(
                        "BatchNormalization",
                        "n",
                        ["h", "s", "b", "m", "v"],
                        ("training_mode", 1),
                        ("momentum", 0.75f)
                    ) with
                    {
                        Outputs = ["n", "mean", "variance"],
                    },
                    Op("Add", "both", ["mean", "variance"]),
                    Op("Reshape", "column", ["both"], ("shape", new long[] { 3, 1 })),
                    Op("Add", "y", ["n", "column"]),
                ],
            }
        );
        yield return (
            "LayerNormalization",
            new([4, 6], [4, 6], [Weight("s", 6), Weight("b", 6)], (h, p) => F.layer_norm(h, [6], p["s"], p["b"], 1e-3))
            {
                Operations = [Op("LayerNormalization", "y", ["h", "s", "b"], ("epsilon", 1e-3f))],
            }
        );
        yield return (
            "LayerNormalization over two axes, with its statistics",
            new(
                [4, 6],
                [4, 6],
                [Weight("s", 4, 6)],
                (h, p) =>
                {
                    var mean = h.mean([1L, 2L], keepdim: true);
                    var inverse = ((h - mean).pow(2).mean([1L, 2L], keepdim: true) + 1e-5f).rsqrt();
                    return F.layer_norm(h, [4, 6], p["s"], null, 1e-5) + (mean * inverse);
                }
            )
            {
                Operations =
                [
                    Op("LayerNormalization", "n", ["h", "s"], ("axis", 1)) with
                    {
                        Outputs = ["n", "mean", "inverse"],
                    },
                    Op("Mul", "product", ["mean", "inverse"]),
                    Op("Add", "y", ["n", "product"]),
                ],
            }
        );
        yield return (
            "RMSNormalization",
            new(
                [4, 6],
                [4, 6],
                [Weight("s", 6)],
                (h, p) => h * (h.pow(2).mean([2L], keepdim: true) + 1e-5f).rsqrt() * p["s"]
            )
            {
                Operations = [Op("RMSNormalization", "y", ["h", "s"])],
            }
        );
        yield return (
            "GroupNormalization",
            new(
                [6, 4, 3],
                [6, 4, 3],
                [Weight("s", 6), Weight("b", 6)],
                (h, p) => F.group_norm(h, 3, p["s"], p["b"], 1e-5)
            )
            {
                Operations = [Op("GroupNormalization", "y", ["h", "s", "b"], ("num_groups", 3))],
            }
        );
        yield return (
            "GroupNormalization with one scale for each group",
            new(
                [6, 5],
                [6, 5],
                [Weight("s", 2), Weight("b", 2)],
                (h, p) => F.group_norm(h, 2, p["s"].repeat_interleave(3), p["b"].repeat_interleave(3), 1e-5)
            )
            {
                Operations = [Op("GroupNormalization", "y", ["h", "s", "b"], ("num_groups", 2))],
            }
        );
        yield return (
            "InstanceNormalization",
            new(
                [3, 4, 5],
                [3, 4, 5],
                [Weight("s", 3), Weight("b", 3)],
                (h, p) =>
                {
                    var mean = h.mean([2L, 3L], keepdim: true);
                    var variance = (h - mean).pow(2).mean([2L, 3L], keepdim: true);
                    return (h - mean) / (variance + 1e-5f).sqrt() * C(p["s"]) + C(p["b"]);
                }
            )
            {
                Operations = [Op("InstanceNormalization", "y", ["h", "s", "b"])],
            }
        );
        yield return (
            "MeanVarianceNormalization",
            new(
                [3, 4, 5],
                [3, 4, 5],
                [],
                (h, _) =>
                {
                    var mean = h.mean([0L, 2L, 3L], keepdim: true);
                    return (h - mean) / (h - mean).pow(2).mean([0L, 2L, 3L], keepdim: true).sqrt();
                }
            )
            {
                Operations = [Op("MeanVarianceNormalization", "y", ["h"])],
            }
        );
        yield return (
            "LpNormalization",
            new([4, 5], [4, 5], [], (h, _) => h / h.norm(1, true, 2))
            {
                Operations = [Op("LpNormalization", "y", ["h"], ("axis", 1))],
            }
        );
        yield return (
            "LpNormalization of order 1",
            new([4, 5], [4, 5], [], (h, _) => h / h.abs().sum([2L], keepdim: true))
            {
                Operations = [Op("LpNormalization", "y", ["h"], ("p", 1))],
            }
        );
        yield return (
            "LRN",
            new([5, 3, 4], [5, 3, 4], [], (h, _) => F.local_response_norm(h, 3, 0.5, 0.7, 1.5))
            {
                Operations = [Op("LRN", "y", ["h"], ("size", 3), ("alpha", 0.5f), ("beta", 0.7f), ("bias", 1.5f))],
            }
        );
    }

    private static Tensor C(Tensor channels) => channels.reshape(1, -1, 1, 1);

    private static Tensor C1(Tensor channels) => channels.reshape(1, -1, 1);
}
