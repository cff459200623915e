using TorchSharp;
using static Neptune.Formats.Tests.TensorFlowGraphWriter;
using static TorchSharp.torch;

namespace Neptune.Formats.Tests;

/// <summary>Keras' recurrent layers, and the same computations by PyTorch's own modules.</summary>
internal static class TensorFlowRecurrentLayers
{
    public const int Inputs = 3;
    public const int Units = 4;

    private static float[] Kernel(int gates, int seed) => TensorFlowMaths.Numbers(Inputs * Units * gates, seed, 0.8f);

    private static float[] Recurrent(int gates, int seed) =>
        TensorFlowMaths.Numbers(Units * Units * gates, seed + 1, 0.7f);

    private static float[] Bias(int count, int seed) => TensorFlowMaths.Numbers(count, seed + 2, 0.5f);

    /// <summary>A layer called <paramref name="name"/>; its outputs are the last, all, and the states.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="kind">lstm, gru, gru_reset_before or simple_rnn.</param>
    /// <param name="name">The name of the layer's node.</param>
    /// <param name="x">What it reads: (samples, steps, 3).</param>
    /// <param name="seed">What its weights are drawn by.</param>
    /// <param name="isBackwards">True where the last step is taken first.</param>
    /// <param name="isMasked">True where steps of zeros are left out.</param>
    /// <param name="states">The nodes of its first states; null for zeros.</param>
    public static TensorFlowGraphWriter Layer(
        this TensorFlowGraphWriter graph,
        string kind,
        string name,
        string x,
        int seed = 1,
        bool isBackwards = false,
        bool isMasked = false,
        string? states = null
    )
    {
        var function = $"__inference_standard_{kind}_{seed}{(isBackwards ? 1 : 0)}";
        var gates = kind switch
        {
            "lstm" => 4,
            "simple_rnn" => 1,
            _ => 3,
        };
        var (writer, next) = Cell(kind, function);
        writer.AddTo(graph, Units, next, isBackwards, isMasked);
        graph
            .Const($"{name}/kernel", [Inputs, gates * Units], Kernel(gates, seed))
            .Const($"{name}/recurrent_kernel", [Units, gates * Units], Recurrent(gates, seed));
        if (kind == "gru")
        {
            graph
                .Const($"{name}/bias", [2, gates * Units], Bias(2 * gates * Units, seed))
                .Node("Unpack", $"{name}/unstack", $"{name}/bias", Int("num", 2));
        }
        else
        {
            graph.Const($"{name}/bias", [gates * Units], Bias(gates * Units, seed));
        }
        var bias = kind == "gru" ? $"{name}/unstack {name}/unstack:1" : $"{name}/bias";
        states ??= Zeros(graph, name, x, kind == "lstm" ? 2 : 1);
        return graph.Node(
            "PartitionedCall",
            name,
            $"{x} {states} {name}/kernel {name}/recurrent_kernel {bias}",
            TensorFlowGraphWriter.Function("f", function)
        );
    }

    /// <summary>What PyTorch computes with the same weights: all outputs, and the last states.</summary>
    public static (Tensor All, Tensor H, Tensor? C) Expected(
        string kind,
        Tensor x,
        int seed = 1,
        Tensor? h = null,
        Tensor? c = null
    )
    {
        switch (kind)
        {
            case "lstm":
            {
                using var layer = nn.LSTM(Inputs, Units, batchFirst: true);
                Fill(layer, 4, seed, [0, 1, 2, 3], Of(Bias(4 * Units, seed), 4 * Units), zeros(4 * Units));
                var first = h is null ? ((Tensor, Tensor)?)null : (h.unsqueeze(0), c!.unsqueeze(0));
                var (all, last, cell) = layer.call(x, first);
                return (all, last.squeeze(0), cell.squeeze(0));
            }
            case "gru":
            {
                // PyTorch's gates are in the order r, z, n; Keras' are z, r, h.
                using var layer = nn.GRU(Inputs, Units, batchFirst: true);
                var bias = Of(Bias(6 * Units, seed), 2, 3 * Units);
                Fill(layer, 3, seed, [1, 0, 2], bias[0], bias[1]);
                var (all, last) = layer.call(x, h?.unsqueeze(0));
                return (all, last.squeeze(0), null);
            }
            case "simple_rnn":
            {
                using var layer = nn.RNN(Inputs, Units, batchFirst: true);
                Fill(layer, 1, seed, [0], Of(Bias(Units, seed), Units), zeros(Units));
                var (all, last) = layer.call(x, h?.unsqueeze(0));
                return (all, last.squeeze(0), null);
            }
            default:
                return ResetBefore(x, seed);
        }
    }

    // The form of the GRU's first paper, which PyTorch has not.
    private static (Tensor, Tensor, Tensor?) ResetBefore(Tensor x, int seed)
    {
        var kernel = Of(Kernel(3, seed), Inputs, 3 * Units);
        var recurrent = Of(Recurrent(3, seed), Units, 3 * Units).split([2 * Units, Units], dim: 1);
        var bias = Of(Bias(3 * Units, seed), 3 * Units);
        var h = zeros(x.shape[0], Units);
        var all = new List<Tensor>();
        for (var step = 0; step < x.shape[1]; step++)
        {
            var fromX = (x.select(1, step).matmul(kernel) + bias).chunk(3, 1);
            var fromH = h.matmul(recurrent[0]).chunk(2, 1);
            var z = (fromX[0] + fromH[0]).sigmoid();
            var r = (fromX[1] + fromH[1]).sigmoid();
            var candidate = (fromX[2] + (r * h).matmul(recurrent[1])).tanh();
            h = (z * h) + ((1 - z) * candidate);
            all.Add(h);
        }
        return (stack(all, 1), h, null);
    }

    private static void Fill(nn.Module layer, int gates, int seed, int[] order, Tensor bias, Tensor recurrentBias)
    {
        using var frozen = no_grad();
        foreach (var (name, parameter) in layer.named_parameters())
        {
            var value = name switch
            {
                "weight_ih_l0" => Of(Kernel(gates, seed), Inputs, gates * Units).t(),
                "weight_hh_l0" => Of(Recurrent(gates, seed), Units, gates * Units).t(),
                "bias_ih_l0" => bias,
                _ => recurrentBias,
            };
            var parts = value.chunk(gates, 0);
            parameter.copy_(cat([.. order.Select(i => parts[i])], 0));
        }
    }

    private static Tensor Of(float[] elements, params long[] shape) => TensorFlowMaths.Of(elements, shape);

    private static string Zeros(TensorFlowGraphWriter graph, string name, string x, int count)
    {
        graph
            .Node("Shape", $"{name}/Shape", x)
            .Vector($"{name}/from", 0)
            .Vector($"{name}/to", 1)
            .Node(
                "StridedSlice",
                $"{name}/samples",
                $"{name}/Shape {name}/from {name}/to {name}/to",
                Int("shrink_axis_mask", 1)
            )
            .Scalar($"{name}/units", Units)
            .Node("Pack", $"{name}/packed", $"{name}/samples {name}/units")
            .Const($"{name}/zero", [], 0f)
            .Node("Fill", $"{name}/zeros", $"{name}/packed {name}/zero");
        return string.Join(' ', Enumerable.Repeat($"{name}/zeros", count));
    }

    private static (TensorFlowRecurrentWriter Writer, string[] Next) Cell(string kind, string function) =>
        kind switch
        {
            "lstm" => (
                new TensorFlowRecurrentWriter(function, ["h", "c"], ["kernel", "recurrent", "bias"])
                    .Number("axis", 1)
                    .Cell("MatMul", "from_x", "x:output:0 kernel")
                    .Cell("MatMul", "from_h", "h recurrent")
                    .Cell("AddV2", "sum", "from_x:product:0 from_h:product:0")
                    .Cell("BiasAdd", "z", "sum:z:0 bias")
                    .Cell("Split", "gates", "axis:output:0 z:output:0", Int("num_split", 4))
                    .Cell("Sigmoid", "i", "gates:output:0")
                    .Cell("Sigmoid", "f", "gates:output:1")
                    .Cell("Tanh", "g", "gates:output:2")
                    .Cell("Sigmoid", "o", "gates:output:3")
                    .Cell("Mul", "kept", "f:y:0 c")
                    .Cell("Mul", "added", "i:y:0 g:y:0")
                    .Cell("AddV2", "c_next", "kept:z:0 added:z:0")
                    .Cell("Tanh", "c_tanh", "c_next:z:0")
                    .Cell("Mul", "h_next", "o:y:0 c_tanh:y:0"),
                ["h_next:z:0", "c_next:z:0"]
            ),
            "gru" => (
                Gates(new(function, ["h"], ["kernel", "recurrent", "bias", "recurrent_bias"]), 3)
                    .Cell("MatMul", "from_h", "h recurrent")
                    .Cell("BiasAdd", "h_biased", "from_h:product:0 recurrent_bias")
                    .Cell("Split", "h_gates", "axis:output:0 h_biased:output:0", Int("num_split", 3))
                    .Cell("AddV2", "z_sum", "x_gates:output:0 h_gates:output:0")
                    .Cell("Sigmoid", "z", "z_sum:z:0")
                    .Cell("AddV2", "r_sum", "x_gates:output:1 h_gates:output:1")
                    .Cell("Sigmoid", "r", "r_sum:z:0")
                    .Cell("Mul", "reset", "r:y:0 h_gates:output:2")
                    .Cell("AddV2", "n_sum", "x_gates:output:2 reset:z:0")
                    .Cell("Tanh", "n", "n_sum:z:0"),
                Mixed
            ),
            "simple_rnn" => (
                new TensorFlowRecurrentWriter(function, ["h"], ["kernel", "recurrent", "bias"])
                    .Cell("MatMul", "from_x", "x:output:0 kernel")
                    .Cell("BiasAdd", "biased", "from_x:product:0 bias")
                    .Cell("MatMul", "from_h", "h recurrent")
                    .Cell("AddV2", "sum", "biased:output:0 from_h:product:0")
                    .Cell("Tanh", "n", "sum:z:0"),
                ["n:y:0"]
            ),
            _ => (
                Gates(new(function, ["h"], ["kernel", "recurrent", "bias"]), 3)
                    .Numbers("start", 0, 0)
                    .Numbers("middle", 0, 2 * Units)
                    .Numbers("ones", 1, 1)
                    .Cell(
                        "StridedSlice",
                        "of_gates",
                        "recurrent start:output:0 middle:output:0 ones:output:0",
                        Int("begin_mask", 3),
                        Int("end_mask", 1)
                    )
                    .Cell(
                        "StridedSlice",
                        "of_candidate",
                        "recurrent middle:output:0 start:output:0 ones:output:0",
                        Int("begin_mask", 1),
                        Int("end_mask", 3)
                    )
                    .Cell("MatMul", "from_h", "h of_gates:output:0")
                    .Cell("Split", "h_gates", "axis:output:0 from_h:product:0", Int("num_split", 2))
                    .Cell("AddV2", "z_sum", "x_gates:output:0 h_gates:output:0")
                    .Cell("Sigmoid", "z", "z_sum:z:0")
                    .Cell("AddV2", "r_sum", "x_gates:output:1 h_gates:output:1")
                    .Cell("Sigmoid", "r", "r_sum:z:0")
                    .Cell("Mul", "reset", "r:y:0 h")
                    .Cell("MatMul", "from_reset", "reset:z:0 of_candidate:output:0")
                    .Cell("AddV2", "n_sum", "x_gates:output:2 from_reset:product:0")
                    .Cell("Tanh", "n", "n_sum:z:0"),
                Mixed
            ),
        };

    private static string[] Mixed => ["h_next:z:0"];

    private static TensorFlowRecurrentWriter Gates(TensorFlowRecurrentWriter writer, int gates)
    {
        writer
            .Number("axis", 1)
            .Cell("MatMul", "from_x", "x:output:0 kernel")
            .Cell("BiasAdd", "x_biased", "from_x:product:0 bias")
            .Cell("Split", "x_gates", "axis:output:0 x_biased:output:0", Int("num_split", gates))
            .Cell("Mul", "kept", "z:y:0 h")
            .Real("unit", 1)
            .Cell("Sub", "rest", "unit:output:0 z:y:0")
            .Cell("Mul", "added", "rest:z:0 n:y:0")
            .Cell("AddV2", "h_next", "kept:z:0 added:z:0");
        return writer;
    }
}
