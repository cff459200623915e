using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>An operator from one floating-point tensor to one of the same shape.</summary>
internal abstract class ElementwiseDefinition : IOperationDefinition
{
    public abstract string Type { get; }

    public ImmutableArray<string> Inputs => ["X"];

    public virtual ImmutableArray<AttributeDefinition> Attributes => [];

    public virtual bool TrainingOnly => false;

    public virtual TensorType Infer(OperationScope scope) => new(scope.FloatingType(), scope.Shape(0));
}
