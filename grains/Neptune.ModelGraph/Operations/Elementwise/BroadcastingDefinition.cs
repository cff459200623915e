using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>An operator on pairs of elements of two tensors that broadcast as in NumPy.</summary>
internal abstract class BroadcastingDefinition : IOperationDefinition
{
    public abstract string Type { get; }

    public ImmutableArray<string> Inputs => ["A", "B"];

    public ImmutableArray<AttributeDefinition> Attributes => [];

    public TensorType Infer(OperationScope scope)
    {
        var type = scope.CommonType();
        if (type == ElementType.Boolean)
        {
            throw scope.Error("A and B are Boolean, and must be numbers.");
        }
        return new(
            type,
            Broadcasting.Of(scope.Shape(0), scope.Shape(1))
                ?? throw scope.Error(
                    $"A has shape {scope.Shape(0)} and B has shape {scope.Shape(1)}, which do not broadcast: "
                        + "aligned at the end, lengths must be equal or 1."
                )
        );
    }
}
