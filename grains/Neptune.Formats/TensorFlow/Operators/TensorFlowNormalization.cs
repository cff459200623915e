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
                "epsilon, data_format; is_training false, or rows of one image as Keras' LayerNormalization makes them",
                "scale and offset; mean and variance are running statistics"
            ),
            .. TensorFlowOperator.Of(
                "BatchNormWithGlobalNormalization",
                Global,
                "variance_epsilon, scale_after_normalization",
                "gamma and beta; mean and variance are running statistics"
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

    // The form of before FusedBatchNorm: t, m, v, beta, gamma.
    private static TensorFlowValue Global(TensorFlowCall call)
    {
        if (call.ShapeOf(2) is not { IsFixed: true, Rank: 1 } channels)
        {
            throw TensorFlowCall.Refuse("its variance is no vector of known length");
        }
        var gamma = call.Flag("scale_after_normalization", otherwise: true) ? call[4] : Ones(call, channels);
        return Inference(
            call,
            call[0],
            [gamma, call[3], call[1], call[2]],
            call.Float("variance_epsilon", DefaultEpsilon)
        );
    }

    private static TensorFlowValue.Computed Ones(TensorFlowCall call, Shape channels) =>
        new(call.Emitter.Constant($"{call.Name}.ones", TensorFlowNumbers.Make(ElementType.Float32, channels, _ => 1)));

    private static TensorFlowValue Fused(TensorFlowCall call)
    {
        var isFirst = call.Text("data_format", "NHWC") is "NCHW" or "NCDHW";
        if (call.Flag("is_training", otherwise: true))
        {
            return isFirst && call.ShapeOf(0) is { Rank: 4 } rows && rows[0] is { IsFixed: true, Length: 1 }
                ? Rows(call)
                : throw TensorFlowCall.Refuse(
                    "is_training is true: it normalizes by each batch's own statistics; save it for inference"
                );
        }
        return Inference(
            call,
            call[0],
            [.. call.Inputs.Skip(1).Take(4)],
            call.Float("epsilon", DefaultEpsilon),
            isFirst
        );
    }

    // Keras normalizes the rows of a matrix as the channels of one image (1, rows, length, 1): each by its own statistics.
    private static TensorFlowValue Rows(TensorFlowCall call)
    {
        var emitter = call.Emitter;
        long[] axes = [0, 2, 3];
        var x = emitter.Plain(call[0]);
        var mean = emitter.Emit("ReduceMean", $"{call.Name}.mean", [x], ("axes", axes), ("keepdims", 1L));
        var centered = emitter.Emit("Sub", $"{call.Name}.centered", [x, mean]);
        var squares = emitter.Emit("Mul", $"{call.Name}.squares", [centered, centered]);
        var variance = emitter.Emit("ReduceMean", $"{call.Name}.variance", [squares], ("axes", axes), ("keepdims", 1L));
        var epsilon = emitter.Constant(
            $"{call.Name}.epsilon",
            TensorFlowNumbers.Make(call.TypeOf(0), Shape.Scalar, _ => call.Float("epsilon", DefaultEpsilon))
        );
        var sum = emitter.Emit("Add", $"{call.Name}.sum", [variance, epsilon]);
        var deviation = emitter.Emit("Sqrt", $"{call.Name}.deviation", [sum]);
        var normal = emitter.Emit("Div", $"{call.Name}.normal", [centered, deviation]);
        var scaled = emitter.Emit("Mul", $"{call.Name}.scaled", [normal, Column(call, 1)]);
        return new TensorFlowValue.Computed(call.Emit("Add", [scaled, Column(call, 2)]));
    }

    private static string Column(TensorFlowCall call, int input) =>
        call.Emitter.Emit(
            "Unsqueeze",
            $"{call.Name}.column",
            [call.Emitter.Plain(call[input])],
            ("axes", (long[])[1, 2])
        );

    private static TensorFlowValue SpeltOut(TensorFlowCall call, bool hasScale)
    {
        var at = hasScale ? 1 : 0;
        var epsilon = call.Number(at + 4) ?? throw TensorFlowCall.Refuse("epsilon is no single number");
        var rank = call.ShapeOf(0).Rank;
        var given = Enumerable.Range(1, at + 3).Select(i => call[i]).ToArray();
        var isFirst = rank > 2 && given.All(w => call.Emitter.ShapeOf(w) is { IsFixed: true } s && IsColumn(s, rank));
        var weights = given.Select(w => TensorFlowVectors.Of(w, isFirst ? 1 : -1)).ToImmutableArray();
        if (
            call.Emitter.ShapeOf(weights[^1]) is not { IsKnown: true, Rank: 1 } channels
            || weights.Any(w => call.Emitter.ShapeOf(w) != channels)
        )
        {
            throw TensorFlowCall.Refuse("the weights of a batch normalization must have one element for each channel");
        }
        return Inference(
            call,
            call[0],
            hasScale ? weights : [Ones(call, channels), .. weights],
            (float)epsilon,
            isFirst
        );
    }

    // (1, C, 1, 1): channels at the second place.
    private static bool IsColumn(Shape shape, int rank) =>
        shape.Rank == rank && shape[1].Length > 1 && shape.ElementCount() == shape[1].Length;

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
