using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>Products of matrices.</summary>
internal static class TensorFlowLinear
{
    /// <summary>Its operators.</summary>
    public static IEnumerable<TensorFlowOperator> Operators =>
        [
            .. TensorFlowOperator.Of(
                "MatMul",
                MatMul,
                "transpose_a, transpose_b",
                "the matrices, and a bias that is added"
            ),
            .. TensorFlowOperator.Of(
                "BatchMatMul BatchMatMulV2 BatchMatMulV3",
                BatchMatMul,
                "adj_x, adj_y",
                "the matrices"
            ),
            .. TensorFlowOperator.Of("Einsum", Einsum, "equation", "the inputs"),
            .. TensorFlowOperator.Of(
                "_FusedMatMul",
                call => TensorFlowFused.Apply(call, 2, MatMul),
                "fused_ops: BiasAdd and activations",
                "the matrices, and the bias"
            ),
        ];

    private static TensorFlowValue MatMul(TensorFlowCall call)
    {
        var emitter = call.Emitter;
        var a = Matrix(call, 0);
        var b = Matrix(call, 1);
        var bias = call.Inputs.Length > 2 ? call[2] : null;
        var isGemmBias = bias is TensorFlowValue.Constant { Value.Shape.Rank: 1 };
        ImmutableArray<string> inputs = isGemmBias
            ? [a, b, emitter.Weight((TensorFlowValue.Constant)bias!, "bias", isTrained: true, isLayer: true)]
            : [a, b];
        var product = new TensorFlowValue.Computed(
            call.Emit(
                "Gemm",
                inputs,
                ("transA", call.Flag("transpose_a") ? 1L : 0L),
                ("transB", call.Flag("transpose_b") ? 1L : 0L)
            )
        );
        return bias is null || isGemmBias
            ? product
            : TensorFlowElementwise.AddBias(call, product, bias, isFirst: false);
    }

    private static string Matrix(TensorFlowCall call, int input) =>
        call[input] is TensorFlowValue.Constant constant
            ? call.Emitter.Weight(constant, "kernel", isTrained: true, isLayer: true)
            : call.Emitter.Plain(call[input]);

    private static TensorFlowValue BatchMatMul(TensorFlowCall call) =>
        new TensorFlowValue.Computed(
            call.Emit("MatMul", [Turned(call, 0, call.Flag("adj_x")), Turned(call, 1, call.Flag("adj_y"))])
        );

    private static string Turned(TensorFlowCall call, int input, bool isTurned)
    {
        var name = Matrix(call, input);
        if (!isTurned)
        {
            return name;
        }
        var rank = call.ShapeOf(input).Rank;
        return call.Emitter.Emit(
            "Transpose",
            $"{call.Name}.turned",
            [name],
            ("perm", (long[])[.. Enumerable.Range(0, rank - 2).Select(i => (long)i), rank - 1, rank - 2])
        );
    }

    private static TensorFlowValue Einsum(TensorFlowCall call) =>
        new TensorFlowValue.Computed(
            call.Emit(
                "Einsum",
                [.. Enumerable.Range(0, call.Inputs.Length).Select(i => Matrix(call, i))],
                ("equation", call.Text("equation", ""))
            )
        );
}
