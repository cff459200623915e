using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

// N samples, I inputs, O outputs

/// <summary>Dense layers, embeddings, and wrappers.</summary>
internal static class KerasCore
{
    /// <summary>The family.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [
        KerasLayerDefinition.Of("Dense", Dense) with
        {
            Variables = KernelAndBias,
        },
        KerasLayerDefinition.Of("EinsumDense", EinsumDense) with
        {
            Variables = c => c.Find("bias_axes") is null ? [new("kernel")] : [new("kernel"), new("bias")],
        },
        KerasLayerDefinition.Of("Embedding", Embedding) with
        {
            Variables = _ => [new("embeddings")],
            Remarks = "with mask_zero as Masking",
        },
        KerasLayerDefinition.Of("Identity", scope => scope.Input),
        KerasLayerDefinition.Of("Masking", Masking) with
        {
            Remarks = "refused where a layer reads its mask that is neither recurrent nor GlobalAveragePooling1D",
        },
        new("TimeDistributed")
        {
            Apply = KerasTimeDistributed.Apply,
            Remarks = "of any layer or model with one input and output",
        },
        KerasLayerDefinition.Of("InputLayer", scope => scope.Input),
    ];

    /// <summary>A kernel, and a bias where the layer has one.</summary>
    public static ImmutableArray<KerasVariable> KernelAndBias(KerasConfig config) =>
        config.Bool("use_bias", true) ? [new("kernel"), new("bias")] : [new("kernel")];

    private static KerasValue Dense(KerasScope scope)
    {
        var input = scope.FloatInput;
        var units = scope.Config.Count("units");
        var features = scope.Length(input, -1);
        var drawn = new Initializer.GlorotUniform(features, units);
        var hasBias = scope.Config.Bool("use_bias", true);
        var expected = Shape.Of(features, units);
        KerasValue result;
        if (input.Shape.Rank == 2)
        {
            // (O, I), as Neptune's own layers keep it.
            var weight_OI = scope.Parameter("kernel", "weight", expected, w => TensorLayout.Permuted(w, 1, 0), drawn);
            List<string> inputs = [scope.Graph.Plain(input), weight_OI];
            var isLaidOut = scope.Translation.Parameters.IsLaidOut(weight_OI);
            if (hasBias)
            {
                inputs.Add(Bias(scope, units));
            }
            result = scope.Graph.FromPlain(scope.Append("Gemm", inputs, ("transB", isLaidOut ? 1L : 0L)));
        }
        else
        {
            if (input.Shape.Rank < 2)
            {
                throw new GraphException($"its input has shape {input.Shape}, and must have features.");
            }
            var weight_IO = scope.Parameter("kernel", "weight", expected, null, drawn);
            if (scope.Translation.Parameters.IsLaidOut(weight_IO))
            {
                weight_IO = scope.Then("kernel", "Transpose", [weight_IO], ("perm", new long[] { 1, 0 }));
            }
            var product = scope.Append("MatMul", [scope.Graph.Plain(input), weight_IO]);
            result = scope.Graph.FromPlain(hasBias ? scope.Then("sum", "Add", [product, Bias(scope, units)]) : product);
        }
        return scope.Activate(result.WithMask(input.Mask));
    }

    private static string Bias(KerasScope scope, long units) =>
        scope.Parameter("bias", "bias", Shape.Of(units), null, Initializer.Zeros);

    private static KerasValue EinsumDense(KerasScope scope)
    {
        var input = scope.FloatInput;
        var equation = scope.Config.Text("equation", "");
        scope.Config.Ignore("output_shape");
        var kernel = scope.Parameter("kernel", "weight", scope.Translation.ShapeOf(scope, "kernel"), null, Drawn);
        var result = scope.Append("Einsum", [scope.Graph.Plain(input), kernel], ("equation", equation));
        if (scope.Config.Find("bias_axes") is not null)
        {
            var bias = scope.Parameter(
                "bias",
                "bias",
                scope.Translation.ShapeOf(scope, "bias"),
                null,
                Initializer.Zeros
            );
            result = scope.Then("sum", "Add", [result, bias]);
        }
        var mask = input.Mask is null ? null : KerasMask.Unknown;
        return scope.Activate(scope.Graph.FromPlain(result).WithMask(mask));
    }

    private static Initializer Drawn { get; } = new Initializer.Normal(0, 0.05f);

    private static KerasValue Embedding(KerasScope scope)
    {
        var (classes, width) = (scope.Config.Count("input_dim"), scope.Config.Count("output_dim"));
        var hasMask = scope.Config.Bool("mask_zero", false);
        scope.Config.Ignore("sparse");
        var numbers = scope.Graph.Plain(scope.Input);
        if (scope.Input.Type != ElementType.Int64)
        {
            numbers = scope.Then("numbers", "Cast", [numbers], ("to", "Int64"));
        }
        var weight = scope.Parameter(
            "embeddings",
            "weight",
            Shape.Of(classes, width),
            null,
            new Initializer.Uniform(-0.05f, 0.05f)
        );
        var rows = scope.Graph.FromPlain(scope.Append("Gather", [weight, numbers], ("axis", 0L)));
        return hasMask ? rows.WithMask(NotZero(scope, numbers)) : rows;
    }

    // Of (N, T): steps of class 0 are masked.
    private static KerasMask NotZero(KerasScope scope, string numbers)
    {
        if (scope.Input.Shape.Rank != 2)
        {
            return KerasMask.Unknown;
        }
        var isZero = scope.Then("is_zero", "Equal", [numbers, scope.Graph.Numbers($"{scope.Name}.zero", 0)]);
        var counts = scope.Then("counts", "Not", [isZero]);
        return new(scope.Then("mask", "Unsqueeze", [counts], ("axes", new long[] { 2 })));
    }

    // Steps in which all features are the mask's value become zeros.
    private static KerasValue Masking(KerasScope scope)
    {
        var input = scope.FloatInput;
        var value = scope.Config.Float("mask_value", 0);
        var plain = scope.Graph.Plain(input);
        var same = scope.Then("same", "Equal", [plain, scope.Constant("value", Shape.Scalar, value)]);
        var differs = scope.Then("differs", "Not", [same]);
        var real = scope.Then("real", "Cast", [differs], ("to", "Float32"));
        var kept = scope.Then("kept", "ReduceMax", [real], ("axes", new long[] { -1 }), ("keepdims", 1L));
        var masked = scope.Graph.FromPlain(scope.Append("Mul", [plain, kept]));
        return masked.WithMask(
            input.Shape.Rank == 3 ? new(scope.Then("mask", "Cast", [kept], ("to", "Boolean"))) : KerasMask.Unknown
        );
    }
}
