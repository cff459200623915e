using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>exp(x) over its sum along an axis (-1 by default).</summary>
internal sealed class Softmax : ElementwiseDefinition
{
    public override string Type => "Softmax";

    public override ImmutableArray<AttributeDefinition> Attributes => [AttributeDefinition.Int("axis")];

    public override TensorType Infer(OperationScope scope)
    {
        _ = scope.Axis("axis", -1, scope.Shape(0).Rank);
        return base.Infer(scope);
    }
}
