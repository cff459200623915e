using static Neptune.ModelGraph.Operations.AttributeDefinition;
using static Neptune.ModelGraph.Operations.ElementKind;
using static Neptune.ModelGraph.Operations.ShapeRules;

namespace Neptune.ModelGraph.Operations;

/// <summary>Real numbers as whole ones, x = (q - zero point) scale, and products of such.</summary>
internal sealed class Quantizing : IOperationFamily
{
    public IEnumerable<IOperationDefinition> Members =>
        [
            new FunctionDefinition(
                "QuantizeLinear",
                "x y_scale y_zero_point?",
                Quantized,
                Scaled,
                Int("axis"),
                Int("saturate"),
                Int("block_size"),
                Text("output_dtype"),
                Text("precision")
            ),
            new FunctionDefinition(
                "DequantizeLinear",
                "x x_scale x_zero_point?",
                Dequantized,
                Scaled,
                Int("axis"),
                Int("block_size"),
                Text("output_dtype")
            ),
            new FunctionDefinition("MatMulInteger", "A B a_zero_point? b_zero_point?", Product, MatMul.ShapeOf),
        ];

    private static ElementType Quantized(OperationScope scope)
    {
        _ = Number.Of(scope);
        _ = Floating.Of(scope, 1);
        var type = NamedType.Of(scope, "output_dtype", scope.Has(2) ? scope[2].Type : ElementType.UInt8);
        return type is ElementType.Int8 or ElementType.UInt8 or ElementType.Int16
            ? type
            : throw scope.Error($"the output is {type}, and must be Int8, UInt8 or Int16.");
    }

    private static ElementType Dequantized(OperationScope scope)
    {
        _ = Whole.OfBoth(scope, 0, 2);
        return NamedType.Of(scope, "output_dtype", Floating.Of(scope, 1));
    }

    private static Shape Scaled(OperationScope scope)
    {
        var (x, scale) = (scope.Shape(0), scope.Shape(1));
        var block = scope.Operation.Int("block_size", 0);
        if (scope.Has(2) && !scope.Shape(2).MayEqual(scale))
        {
            throw scope.Error(
                $"{scope.NameOf(1)} has shape {scale} and {scope.NameOf(2)} has shape {scope.Shape(2)}. "
                    + "Make them equal."
            );
        }
        var isOne = scale.Rank == 0 || (scale.Rank == 1 && scale[0] == 1);
        var axis = isOne ? 0 : scope.Axis("axis", 1, x.Rank);
        var fits =
            isOne
            || (block == 0 && scale.Rank == 1 && scale[0].MayEqual(x[axis]))
            || (
                block > 0
                && scale.Rank == x.Rank
                && Enumerable
                    .Range(0, x.Rank)
                    .All(d => scale[d].MayEqual(d == axis ? Map(x[d], n => (n + block - 1) / block) : x[d]))
            );
        return fits
            ? x
            : throw scope.Error(
                $"{scope.NameOf(1)} has shape {scale}, {scope.NameOf(0)} has shape {x}, axis is {axis} "
                    + $"and block_size {block}. "
                    + "Give one scale, one for each place along the axis, or one for each block."
            );
    }

    private static ElementType Product(OperationScope scope)
    {
        _ = ElementKind.Byte.OfBoth(scope, 0, 2);
        _ = ElementKind.Byte.OfBoth(scope, 1, 3);
        return ElementType.Int32;
    }
}
