using Neptune.ModelGraph;
using static Neptune.Torch.Tests.Graphs;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Neptune.Torch.Tests;

public sealed partial class KernelsFollowTorch
{
    private const int Units = 3;

    private static IEnumerable<(string, KernelCase)> RecurrentCases()
    {
        yield return (
            "RNN, samples first, with the last state",
            new(
                [4, 2],
                [4, 1, Units],
                [Weight("w", 1, Units, 2), Weight("r", 1, Units, Units), Weight("b", 1, 2 * Units)],
                (h, p) =>
                {
                    var steps = Rnn(h, p["w"][0], p["r"][0], p["b"][0], reverse: false);
                    return (steps + steps.narrow(1, 3, 1)).unsqueeze(2);
                }
            )
            {
                Operations =
                [
                    Op("RNN", "s", ["h", "w", "r", "b"], ("hidden_size", Units), ("layout", 1)) with
                    {
                        Outputs = ["s", "last"],
                    },
                    Op("Reshape", "one", ["last"], ("shape", new long[] { 0, 1, 1, Units })),
                    Op("Add", "y", ["s", "one"]),
                ],
            }
        );
        yield return (
            "RNN in both directions, whose sequences end where they are greatest",
            new(
                [4, 1],
                [4, 2, Units],
                [Weight("w", 2, Units, 1), Weight("r", 2, Units, Units)],
                (h, p) =>
                {
                    var lengths = h.argmax(1).reshape(-1);
                    return stack(
                        [
                            Rnn(h, p["w"][0], p["r"][0], null, reverse: false, lengths),
                            Rnn(h, p["w"][1], p["r"][1], null, reverse: true, lengths),
                        ],
                        2
                    );
                }
            )
            {
                Operations =
                [
                    Op("ArgMax", "places", ["h"], ("axis", 1), ("keepdims", 0)),
                    Op("Reshape", "lengths", ["places"], ("shape", new long[] { -1 })),
                    Op(
                        "RNN",
                        "y",
                        ["h", "w", "r", "", "lengths"],
                        ("direction", "bidirectional"),
                        ("hidden_size", Units),
                        ("layout", 1)
                    ),
                ],
            }
        );
        yield return (
            "GRU",
            new([4, 2], [4, 1, Units], GruWeights(), (h, p) => Gru(h, p, resetsProduct: false).unsqueeze(2))
            {
                Operations = [Op("GRU", "y", ["h", "w", "r", "b"], ("hidden_size", Units), ("layout", 1))],
            }
        );
        yield return (
            "GRU with linear_before_reset",
            new([4, 2], [4, 1, Units], GruWeights(), (h, p) => Gru(h, p, resetsProduct: true).unsqueeze(2))
            {
                Operations =
                [
                    Op(
                        "GRU",
                        "y",
                        ["h", "w", "r", "b"],
                        ("hidden_size", Units),
                        ("layout", 1),
                        ("linear_before_reset", 1)
                    ),
                ],
            }
        );
        yield return (
            "LSTM with peepholes, steps first",
            new(
                [4, 2],
                [4, Units],
                [
                    Weight("w", 1, 4 * Units, 2),
                    Weight("r", 1, 4 * Units, Units),
                    Weight("b", 1, 8 * Units),
                    Weight("peep", 1, 3 * Units),
                ],
                (h, p) => Lstm(h, p, p["peep"][0].chunk(3), relu: false)
            )
            {
                Operations =
                [
                    Op("Transpose", "steps", ["h"], ("perm", new long[] { 1, 0, 2 })),
                    Op("LSTM", "l", ["steps", "w", "r", "b", "", "", "", "peep"], ("hidden_size", Units)),
                    Op("Transpose", "t", ["l"], ("perm", new long[] { 2, 0, 1, 3 })),
                    Op("Reshape", "y", ["t"], ("shape", new long[] { 0, 4, Units })),
                ],
            }
        );
        yield return (
            "LSTM with other activations",
            new(
                [4, 2],
                [4, 1, Units],
                [Weight("w", 1, 4 * Units, 2), Weight("r", 1, 4 * Units, Units), Weight("b", 1, 8 * Units)],
                (h, p) => Lstm(h, p, null, relu: true).unsqueeze(2)
            )
            {
                Operations =
                [
                    Op(
                        "LSTM",
                        "y",
                        ["h", "w", "r", "b"],
                        ("activations", new AttributeValue.Texts(["HardSigmoid", "LeakyRelu", "Softsign"])),
                        ("activation_alpha", Reals(0.25f, 0.1f)),
                        ("activation_beta", Reals(0.4f)),
                        ("hidden_size", Units),
                        ("layout", 1)
                    ),
                ],
            }
        );
        yield return (
            "Attention",
            new(
                [2, 4, 6],
                [2, 4, 6],
                [Weight("k", 3, 2, 5, 6), Weight("v", 3, 2, 5, 6)],
                (h, p) => F.scaled_dot_product_attention(h, p["k"], p["v"])
            )
            {
                Operations =
                [
                    // Keys and values for each sample of the batch: the batch's length is known when it runs.
                    Op("Shape", "lengths", ["h"], ("start", 0), ("end", 1)),
                    Numbers("others", 2, 5, 6),
                    Op("Concat", "whole", ["lengths", "others"], ("axis", 0)),
                    Op("Reshape", "keys", ["k", "whole"]),
                    Op("Reshape", "values", ["v", "whole"]),
                    Op("Attention", "y", ["h", "keys", "values"]),
                ],
            }
        );
        yield return (
            "Attention to itself, causal, with heads side by side and groups of them",
            new(
                [4, 12],
                [4, 12],
                [],
                (h, _) =>
                {
                    var q = h.reshape(Rows, 4, 4, 3).transpose(1, 2);
                    var k = h.narrow(2, 0, 6).reshape(Rows, 4, 2, 3).transpose(1, 2).repeat_interleave(2, 1);
                    return F.scaled_dot_product_attention(q, k, k, is_casual: true).transpose(1, 2).flatten(2, 3);
                }
            )
            {
                Operations =
                [
                    Op("Split", "k", ["h"], ("axis", 2), ("num_outputs", 2)) with
                    {
                        Outputs = ["k", "unused"],
                    },
                    Op("Attention", "y", ["h", "k", "k"], ("is_causal", 1), ("kv_num_heads", 2), ("q_num_heads", 4)),
                ],
            }
        );
        yield return (
            "RotaryEmbedding",
            new(
                [4, 8],
                [4, 8],
                [Weight("c", 4, 2), Weight("s", 4, 2)],
                (h, p) =>
                {
                    var pairs = h.reshape(Rows, 4, 2, 4).chunk(2, 3);
                    var (c, s) = (p["c"].unsqueeze(1), p["s"].unsqueeze(1));
                    return cat([(c * pairs[0]) - (s * pairs[1]), (s * pairs[0]) + (c * pairs[1])], 3).flatten(2, 3);
                }
            )
            {
                Operations =
                [
                    Numbers("steps", 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3),
                    Op("Reshape", "positions", ["steps"], ("shape", new long[] { -1, 4 })),
                    Op("RotaryEmbedding", "y", ["h", "c", "s", "positions"], ("num_heads", 2)),
                ],
            }
        );
    }

    private static Parameter[] GruWeights() =>
        [Weight("w", 1, 3 * Units, 2), Weight("r", 1, 3 * Units, Units), Weight("b", 1, 6 * Units)];

    private static Tensor Rnn(Tensor x, Tensor w, Tensor r, Tensor? biases, bool reverse, Tensor? lengths = null)
    {
        var steps = x.size(1);
        var results = new Tensor[steps];
        var state = zeros(x.size(0), Units);
        foreach (var t in Enumerable.Range(0, (int)steps).Select(i => reverse ? steps - 1 - i : i))
        {
            var both = x.select(1, t).mm(w.t()) + state.mm(r.t());
            both = biases is null ? both : both + biases.narrow(0, 0, Units) + biases.narrow(0, Units, Units);
            var runs = lengths is null ? 1 : lengths.gt(t).to(float32).unsqueeze(1);
            state = (both.tanh() * runs) + (state * (1 - runs));
            results[t] = state * runs;
        }
        return stack(results, 1);
    }

    private static Tensor Gru(Tensor x, Dictionary<string, Tensor> p, bool resetsProduct)
    {
        var (w, r, b) = (p["w"][0].chunk(3), p["r"][0].chunk(3), p["b"][0].chunk(6));
        var state = zeros(x.size(0), Units);
        var results = new List<Tensor>();
        for (var t = 0L; t < x.size(1); t++)
        {
            var now = x.select(1, t);
            var z = (F.linear(now, w[0], b[0]) + F.linear(state, r[0], b[3])).sigmoid();
            var reset = (F.linear(now, w[1], b[1]) + F.linear(state, r[1], b[4])).sigmoid();
            var seen = resetsProduct ? reset * F.linear(state, r[2], b[5]) : F.linear(reset * state, r[2], b[5]);
            state = ((1 - z) * (F.linear(now, w[2], b[2]) + seen).tanh()) + (z * state);
            results.Add(state);
        }
        return stack(results, 1);
    }

    private static Tensor Lstm(Tensor x, Dictionary<string, Tensor> p, Tensor[]? peep, bool relu)
    {
        var (w, r, b) = (p["w"][0].chunk(4), p["r"][0].chunk(4), p["b"][0].chunk(8));
        var (state, cell) = (zeros(x.size(0), Units), zeros(x.size(0), Units));
        var results = new List<Tensor>();
        for (var t = 0L; t < x.size(1); t++)
        {
            var gates = Enumerable
                .Range(0, 4)
                .Select(g => F.linear(x.select(1, t), w[g], b[g]) + F.linear(state, r[g], b[g + 4]))
                .ToArray();
            var input = Gate(gates[0] + Seen(0, cell));
            var forget = Gate(gates[2] + Seen(2, cell));
            var candidate = relu ? F.leaky_relu(gates[3], 0.1) : gates[3].tanh();
            cell = (forget * cell) + (input * candidate);
            var output = Gate(gates[1] + Seen(1, cell));
            state = output * (relu ? cell / (1 + cell.abs()) : cell.tanh());
            results.Add(state);
        }
        return stack(results, 1);

        Tensor Gate(Tensor gate) => relu ? ((gate * 0.25f) + 0.4f).clamp(0, 1) : gate.sigmoid();

        Tensor Seen(int gate, Tensor of) => peep is null ? zeros_like(of) : peep[gate] * of;
    }
}
