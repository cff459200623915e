using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>In training, zeroes a share <c>ratio</c> of elements and scales the rest by 1 / (1 - ratio).</summary>
internal sealed class Dropout : ElementwiseDefinition
{
    public override string Type => "Dropout";

    public override bool TrainingOnly => true;

    public override ImmutableArray<AttributeDefinition> Attributes => [AttributeDefinition.Float("ratio")];

    public override TensorType Infer(OperationScope scope)
    {
        var ratio = scope.Operation.Float("ratio", 0.5f);
        return ratio is >= 0 and < 1
            ? base.Infer(scope)
            : throw scope.Error($"ratio is {ratio}, and must be at least 0 and less than 1.");
    }
}
