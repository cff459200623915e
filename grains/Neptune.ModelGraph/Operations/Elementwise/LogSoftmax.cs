using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>The logarithm of the softmax along an axis (-1 by default).</summary>
internal sealed class LogSoftmax : ElementwiseDefinition
{
    public override string Type => "LogSoftmax";

    public override ImmutableArray<AttributeDefinition> Attributes => [AttributeDefinition.Int("axis")];

    public override TensorType Infer(OperationScope scope)
    {
        _ = scope.Axis("axis", -1, scope.Shape(0).Rank);
        return base.Infer(scope);
    }
}
