using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>alpha A' B' + beta C, of matrices; ' transposes where transA or transB is 1.</summary>
internal sealed class Gemm : IOperationDefinition
{
    public string Type => "Gemm";

    public ImmutableArray<string> Inputs => ["A", "B", "C"];

    public int RequiredInputs => 2;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [
            AttributeDefinition.Float("alpha"),
            AttributeDefinition.Float("beta"),
            AttributeDefinition.Int("transA"),
            AttributeDefinition.Int("transB"),
        ];

    public TensorType Infer(OperationScope scope)
    {
        var type = scope.FloatingType();
        var a = scope.ShapeOfRank(0, 2, "a matrix");
        var b = scope.ShapeOfRank(1, 2, "a matrix");
        var (rows, innerA) = scope.Flag("transA") ? (a[1], a[0]) : (a[0], a[1]);
        var (innerB, columns) = scope.Flag("transB") ? (b[1], b[0]) : (b[0], b[1]);
        if (!innerA.MayEqual(innerB))
        {
            throw scope.Error(
                $"A has shape {a} and B has shape {b}{(scope.Flag("transB") ? " (transposed)" : "")}: "
                    + $"the inner lengths {innerA} and {innerB} differ. Make them equal."
            );
        }
        var result = new Shape(rows, columns);
        if (scope.Has(2) && (Broadcasting.Of(scope.Shape(2), result) is not { } sum || !sum.MayEqual(result)))
        {
            throw scope.Error($"C has shape {scope.Shape(2)}, which does not broadcast to {result}.");
        }
        return new(type, result);
    }
}
