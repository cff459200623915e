using static TorchSharp.torch;

namespace Neptune.Formats.Tests;

/// <summary>Recurrent layers of Keras, compared with PyTorch's.</summary>
internal static class TensorFlowRecurrentCases
{
    private static readonly string[] Kinds = ["lstm", "gru", "gru_reset_before", "simple_rnn"];

    private static float[] States => TensorFlowMaths.Numbers(12, 21);

    public static IEnumerable<TensorFlowCase> All =>
        [
            .. Kinds.Select(kind => new TensorFlowCase(
                $"{kind}: the last output",
                [2, 5, 3],
                g => g.Layer(kind, "layer", "x").Node("Identity", "y", "layer"),
                x => TensorFlowRecurrentLayers.Expected(kind, x).H
            )),
            .. Kinds.Select(kind => new TensorFlowCase(
                $"{kind}: all outputs",
                [2, 5, 3],
                g => g.Layer(kind, "layer", "x").Node("Identity", "y", "layer:1"),
                x => TensorFlowRecurrentLayers.Expected(kind, x).All
            )),
            .. new[] { 1, 30 }.Select(steps => new TensorFlowCase(
                $"lstm of {steps} steps",
                [2, steps, 3],
                g => g.Layer("lstm", "layer", "x").Node("Identity", "y", "layer:1"),
                x => TensorFlowRecurrentLayers.Expected("lstm", x).All
            )
            {
                Operations = ("Tanh", 2 * steps),
            }),
            new(
                "lstm: the cell's last state",
                [2, 5, 3],
                g => g.Layer("lstm", "layer", "x").Node("Identity", "y", "layer:3"),
                x => TensorFlowRecurrentLayers.Expected("lstm", x).C!
            ),
            new(
                "gru that goes backwards",
                [2, 5, 3],
                g => g.Layer("gru", "layer", "x", isBackwards: true).Node("Identity", "y", "layer:1"),
                x => TensorFlowRecurrentLayers.Expected("gru", x.flip(1)).All
            ),
            new(
                "lstm with states given",
                [2, 5, 3],
                g =>
                    g.Scalar("time", 1)
                        .Const("w", [3, 4], States)
                        .Node("Mean", "mean", "x time")
                        .Node("MatMul", "h", "mean w")
                        .Node("Neg", "c", "h")
                        .Layer("lstm", "layer", "x", states: "h c")
                        .Node("Identity", "y", "layer:1"),
                x =>
                {
                    var h = x.mean([1]).matmul(TensorFlowMaths.Of(States, 3, 4));
                    return TensorFlowRecurrentLayers.Expected("lstm", x, h: h, c: -h).All;
                }
            ),
            new(
                "bidirectional lstm",
                [2, 5, 3],
                g =>
                    g.Layer("lstm", "forward", "x", 3)
                        .Layer("lstm", "backward", "x", 5, isBackwards: true)
                        .Vector("time", 1)
                        .Node("ReverseV2", "reversed", "backward:1 time")
                        .Scalar("axis", -1)
                        .Node("ConcatV2", "y", "forward:1 reversed axis"),
                x =>
                    cat(
                        [
                            TensorFlowRecurrentLayers.Expected("lstm", x, 3).All,
                            TensorFlowRecurrentLayers.Expected("lstm", x.flip(1), 5).All.flip(1),
                        ],
                        -1
                    )
            ),
            new(
                "gru that leaves out masked steps",
                [2, 5, 3],
                g =>
                    g.Const("mask", [1, 5, 1], 1, 0, 1, 1, 0)
                        .Node("Mul", "masked", "x mask")
                        .Layer("gru", "layer", "masked", isMasked: true)
                        .Node("Identity", "y", "layer"),
                x => TensorFlowRecurrentLayers.Expected("gru", x.index_select(1, tensor(new long[] { 0, 2, 3 }))).H
            ),
        ];
}
