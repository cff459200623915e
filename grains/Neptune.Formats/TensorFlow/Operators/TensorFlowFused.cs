using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Layers into which an optimizer of graphs has put a bias, a batch normalization and an activation.</summary>
internal static class TensorFlowFused
{
    private static readonly string[] Activations = ["Relu", "Relu6", "Elu", "Sigmoid", "Tanh", "LeakyRelu", "Prelu"];

    /// <summary>Translates a layer, and what was put into it.</summary>
    /// <param name="call">The step.</param>
    /// <param name="inputs">How many inputs the layer itself has.</param>
    /// <param name="layer">Translates the layer.</param>
    public static TensorFlowValue Apply(TensorFlowCall call, int inputs, Func<TensorFlowCall, TensorFlowValue> layer)
    {
        var fused = call.Texts("fused_ops");
        var hasBias = fused.Contains("BiasAdd");
        var value = layer(call.WithInputs([.. call.Inputs.Take(inputs + (hasBias ? 1 : 0))]));
        var next = inputs + (hasBias ? 1 : 0);
        foreach (var op in fused.Where(op => op != "BiasAdd"))
        {
            if (op == "FusedBatchNorm")
            {
                value = TensorFlowNormalization.Inference(
                    call,
                    value,
                    [.. call.Inputs.Skip(next).Take(4)],
                    call.Float("epsilon", 1e-4f)
                );
                next += 4;
            }
            else if (Activations.Contains(op))
            {
                value = Activated(call, op, value, next < call.Inputs.Length ? call[next] : null);
            }
            else
            {
                throw TensorFlowCall.Refuse($"fused_ops has {op}, which is not known");
            }
        }
        return value;
    }

    private static TensorFlowValue Activated(
        TensorFlowCall call,
        string op,
        TensorFlowValue value,
        TensorFlowValue? alpha
    )
    {
        var inner = call.WithInputs(
            op == "Prelu" ? [value, alpha ?? throw new GraphException("its alpha is missing.")] : [value]
        );
        return op switch
        {
            "Relu6" => TensorFlowElementwise.Function(inner, "Clip", ("min", 0f), ("max", 6f)),
            "LeakyRelu" => TensorFlowElementwise.Function(
                inner,
                "LeakyRelu",
                ("alpha", call.Float("leakyrelu_alpha", 0.2f))
            ),
            "Prelu" => TensorFlowElementwise.Prelu(inner),
            _ => TensorFlowElementwise.Function(inner, op),
        };
    }
}
