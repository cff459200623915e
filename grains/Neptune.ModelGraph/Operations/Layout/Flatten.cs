using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>A matrix: dimensions before <c>axis</c> (1 by default) become rows, the others columns.</summary>
internal sealed class Flatten : IOperationDefinition
{
    public string Type => "Flatten";

    public ImmutableArray<string> Inputs => ["input"];

    public ImmutableArray<AttributeDefinition> Attributes => [AttributeDefinition.Int("axis")];

    public TensorType Infer(OperationScope scope)
    {
        var shape = scope.Shape(0);
        var axis = scope.Operation.Int("axis", 1);
        if (axis < -shape.Rank || axis > shape.Rank)
        {
            throw scope.Error(
                $"axis is {axis}, and input has shape {shape}. Pick axis from {-shape.Rank} to {shape.Rank}."
            );
        }
        var split = (int)(axis < 0 ? axis + shape.Rank : axis);
        return new(
            scope[0].Type,
            new(ShapeRules.Product(shape.Dimensions[..split]), ShapeRules.Product(shape.Dimensions[split..]))
        );
    }
}
