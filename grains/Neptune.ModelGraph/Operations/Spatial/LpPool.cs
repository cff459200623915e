using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>The p-norm (p 2 by default) of the elements under each window.</summary>
internal sealed class LpPool : PoolingDefinition
{
    public override string Type => "LpPool";

    public override ImmutableArray<AttributeDefinition> Attributes => base.Attributes.Add(AttributeDefinition.Int("p"));

    public override TensorType Infer(OperationScope scope) =>
        scope.Operation.Int("p", 2) is < 1 and var p
            ? throw scope.Error($"p is {p}, and must be at least 1.")
            : base.Infer(scope);
}
