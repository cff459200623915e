using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>The mean under each window; padding counts as zeros where count_include_pad is 1, else not at all.</summary>
internal sealed class AveragePool : PoolingDefinition
{
    public override string Type => "AveragePool";

    public override ImmutableArray<AttributeDefinition> Attributes =>
        base.Attributes.Add(AttributeDefinition.Int("count_include_pad"));

    public override TensorType Infer(OperationScope scope)
    {
        _ = scope.Flag("count_include_pad");
        return base.Infer(scope);
    }
}
