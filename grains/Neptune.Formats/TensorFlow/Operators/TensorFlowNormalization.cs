using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Normalizations.</summary>
internal static class TensorFlowNormalization
{
    private const float DefaultEpsilon = 1e-4f;
    private static readonly string[] Roles = ["gamma", "beta", "moving_mean", "moving_variance"];

    /// <summary>Its operators.</summary>
    public static IEnumerable<TensorFlowOperator> Operators =>
        [
            .. TensorFlowOperator.Of(
                "FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3",
                Fused,
                "epsilon, data_format; is_training false",
                "scale and offset; mean and variance are running statistics"
            ),
            .. TensorFlowOperator.Of("LRN", Local, "depth_radius, bias, alpha, beta"),
        ];

    /// <summary>Operators that patterns make.</summary>
    public static IEnumerable<TensorFlowOperator> Patterns =>
        [
            .. TensorFlowOperator.Of(TensorFlowPatterns.BatchNormalization, call => SpeltOut(call, hasScale: true)),
            .. TensorFlowOperator.Of(
                TensorFlowPatterns.BatchNormalizationWithoutScale,
                call => SpeltOut(call, hasScale: false)
            ),
        ];

    /// <summary>A batch normalization over the last axis.</summary>
    /// <param name="call">The step, under whose name it is added.</param>
    /// <param name="x">What is normalized.</param>
    /// <param name="weights">Scale, offset, mean and variance.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <param name="isFirst">True where the file itself has channels at the second place.</param>
    public static TensorFlowValue Inference(
        TensorFlowCall call,
        TensorFlowValue x,
        ImmutableArray<TensorFlowValue> weights,
        float epsilon,
        bool isFirst = false
    )
    {
        if (weights.Length != Roles.Length)
        {
            throw new GraphException("scale, offset, mean or variance is missing.");
        }
        if (call.Emitter.ShapeOf(x) is not { IsKnown: true, Rank: > 1 and var rank })
        {
            throw TensorFlowCall.Refuse("how many dimensions its input has is known only when the graph runs");
        }
        var isTurned = rank > 2 && !isFirst;
        var names = weights.Select(
            (w, i) =>
                w is TensorFlowValue.Constant constant
                    ? call.Emitter.Weight(constant, Roles[i], isTrained: i < 2, isLayer: true)
                    : call.Emitter.Plain(w)
        );
        var value = isTurned ? call.Emitter.ChannelsFirst(x) : call.Emitter.Plain(x);
        return new TensorFlowValue.Computed(
            call.Emit("BatchNormalization", [value, .. names], ("epsilon", epsilon)),
            isTurned
        );
    }

    private static TensorFlowValue Fused(TensorFlowCall call)
    {
        if (call.Flag("is_training", otherwise: true))
        {
            throw TensorFlowCall.Refuse(
                "is_training is true: it normalizes by each batch's own statistics; save it for inference"
            );
        }
        var isFirst = call.Text("data_format", "NHWC") is "NCHW" or "NCDHW";
        return Inference(
            call,
            call[0],
            [.. call.Inputs.Skip(1).Take(4)],
            call.Float("epsilon", DefaultEpsilon),
            isFirst
        );
    }

    private static TensorFlowValue SpeltOut(TensorFlowCall call, bool hasScale)
    {
        var at = hasScale ? 1 : 0;
        var epsilon = call.Number(at + 4) ?? throw TensorFlowCall.Refuse("epsilon is no single number");
        var beta = call[at + 1];
        if (
            call.Emitter.ShapeOf(call[at + 2]) is not { IsKnown: true, Rank: 1 } channels
            || call.Emitter.ShapeOf(beta) != channels
        )
        {
            throw TensorFlowCall.Refuse("mean and offset of a batch normalization must be vectors of one length");
        }
        var scale = hasScale
            ? call[1]
            : new TensorFlowValue.Computed(
                call.Emitter.Constant(
                    $"{call.Name}.ones",
                    TensorFlowNumbers.Make(ElementType.Float32, channels, _ => 1)
                )
            );
        return Inference(call, call[0], [scale, beta, call[at + 2], call[at + 3]], (float)epsilon);
    }

    // TensorFlow takes the sum of squares, and Neptune, as ONNX, their mean.
    private static TensorFlowValue Local(TensorFlowCall call)
    {
        var size = (2 * call.Int("depth_radius", 5)) + 1;
        return new TensorFlowValue.Computed(
            call.Emit(
                "LRN",
                [call.Emitter.ChannelsFirst(call[0])],
                ("size", size),
                ("alpha", call.Float("alpha", 1) * size),
                ("beta", call.Float("beta", 0.5f)),
                ("bias", call.Float("bias", 1))
            ),
            isChannelsFirst: true
        );
    }
}
