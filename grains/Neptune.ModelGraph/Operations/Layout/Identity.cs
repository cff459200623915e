using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>The input as it is.</summary>
internal sealed class Identity : IOperationDefinition
{
    public string Type => "Identity";

    public ImmutableArray<string> Inputs => ["input"];

    public ImmutableArray<AttributeDefinition> Attributes => [];

    public TensorType Infer(OperationScope scope) => scope[0];
}
