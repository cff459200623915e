using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Layers that multiply with a matrix, or look rows of one up.</summary>
internal static class CaffeProducts
{
    /// <summary>The layers.</summary>
    public static CaffeLayerDefinition[] All =>
        [
            new("Embed", "weight, bias", "num_output, input_dim, bias_term, fillers")
            {
                Import = Embed,
                Message = "embed_param",
            },
            new("InnerProduct", "weight, bias", "num_output, axis from 1, transpose, bias_term, fillers")
            {
                Import = InnerProduct,
                Message = "inner_product_param",
            },
        ];

    private static void InnerProduct(CaffeScope scope)
    {
        var settings = scope.Settings;
        var shape = scope.ShapeOf();
        var axis = scope.Axis("axis", shape.Rank);
        if (axis == 0)
        {
            throw new CaffeRefusedException("axis is 0, which makes one row of the whole batch");
        }
        var inner = 1L;
        for (var i = axis; i < shape.Rank; i++)
        {
            inner = checked(inner * scope.Length(shape, i));
        }
        var outputs = settings.Whole("num_output");
        if (outputs < 1)
        {
            throw scope.Error($"num_output is {outputs}, and must be at least 1.");
        }
        var isTransposed = settings.Flag("transpose");
        var weight = scope.Parameter(
            "weight",
            isTransposed ? Shape.Of(inner, outputs) : Shape.Of(outputs, inner),
            "weight_filler"
        );
        settings.Ignore("bias_filler");
        string[] bias = settings.Flag("bias_term") ? [scope.Parameter("bias", Shape.Of(outputs), "bias_filler")] : [];
        if (axis == 1)
        {
            var rows =
                shape.Rank == 2 ? scope.Input() : scope.Append("flatten", "Flatten", [scope.Input()], ("axis", 1L));
            scope.Finish("Gemm", [rows, weight, .. bias], ("transB", isTransposed ? 0L : 1L));
            return;
        }
        var steps = axis == shape.Rank - 1 ? scope.Input() : Lumped(scope, axis, inner);
        var columns = isTransposed
            ? weight
            : scope.Append("transpose", "Transpose", [weight], ("perm", (long[])[1, 0]));
        if (bias.Length == 0)
        {
            scope.Finish("MatMul", [steps, columns]);
        }
        else
        {
            scope.Finish("Add", [scope.Append("product", "MatMul", [steps, columns]), bias[0]]);
        }
    }

    private static string Lumped(CaffeScope scope, int axis, long inner) =>
        scope.Append("lumped", "Reshape", [scope.Input()], ("shape", (long[])[.. Enumerable.Repeat(0L, axis), inner]));

    private static void Embed(CaffeScope scope)
    {
        var (rows, columns) = (scope.Settings.Whole("input_dim"), scope.Settings.Whole("num_output"));
        if (rows < 1 || columns < 1)
        {
            throw scope.Error($"input_dim is {rows} and num_output {columns}, and both must be at least 1.");
        }
        var weight = scope.Parameter("weight", Shape.Of(rows, columns), "weight_filler");
        var places = scope.Append("places", "Cast", [scope.Input()], ("to", "Int64"));
        scope.Settings.Ignore("bias_filler");
        if (!scope.Settings.Flag("bias_term"))
        {
            scope.Finish("Gather", [weight, places], ("axis", 0L));
            return;
        }
        var bias = scope.Parameter("bias", Shape.Of(columns), "bias_filler");
        scope.Finish("Add", [scope.Append("rows", "Gather", [weight, places], ("axis", 0L)), bias]);
    }
}
