using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>The matrix product, as numpy.matmul: leading dimensions broadcast, a vector is a row or a column.</summary>
internal sealed class MatMul : IOperationDefinition
{
    public string Type => "MatMul";

    public ImmutableArray<string> Inputs => ["A", "B"];

    public ImmutableArray<AttributeDefinition> Attributes => [];

    public TensorType Infer(OperationScope scope)
    {
        var type = ElementKind.Number.OfAll(scope);
        return new(type, ShapeOf(scope));
    }

    /// <summary>The shape of the product of the first two inputs.</summary>
    public static Shape ShapeOf(OperationScope scope)
    {
        var (a, b) = (scope.Shape(0), scope.Shape(1));
        if (a.Rank == 0 || b.Rank == 0)
        {
            throw scope.Error($"A has shape {a} and B has shape {b}: a scalar has no matrix product. Use Mul.");
        }
        var left = a.Rank == 1 ? a.Prepend(1) : a;
        var right = b.Rank == 1 ? new Shape(b[0], 1) : b;
        if (!left[-1].MayEqual(right[-2]))
        {
            throw scope.Error(
                $"A has shape {a} and B has shape {b}: the inner lengths {left[-1]} and {right[-2]} differ. "
                    + "Make them equal."
            );
        }
        var leading =
            Broadcasting.Of(new([.. left.Dimensions.SkipLast(2)]), new([.. right.Dimensions.SkipLast(2)]))
            ?? throw scope.Error($"A has shape {a} and B has shape {b}: the leading dimensions do not broadcast.");
        var result = leading.Dimensions;
        result = a.Rank == 1 ? result : result.Add(left[-2]);
        result = b.Rank == 1 ? result : result.Add(right[-1]);
        return new(result);
    }
}
