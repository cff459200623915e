using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// The different elements, or the different slices along <c>axis</c>, sorted or (where <c>sorted</c> is 0) as
/// they come first;
/// then where each came first, which of them each element is, and how often each occurs.
/// </summary>
internal sealed class Unique : IOperationDefinition
{
    public string Type => "Unique";

    public ImmutableArray<string> Inputs => ["X"];

    public int MostOutputs => 4;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [AttributeDefinition.Int("axis"), AttributeDefinition.Int("sorted")];

    public TensorType Infer(OperationScope scope) => InferAll(scope)[0];

    public ImmutableArray<TensorType> InferAll(OperationScope scope)
    {
        var shape = scope.Shape(0);
        int? axis = scope.Operation.Attributes.ContainsKey("axis") ? scope.Axis("axis", 0, shape.Rank) : null;
        var values = axis is { } a ? shape.Dimensions.SetItem(a, Dimension.Unknown) : [Dimension.Unknown];
        var places = new TensorType(ElementType.Int64, new(Dimension.Unknown));
        var elements = axis is { } b ? shape[b] : ShapeRules.Product(shape.Dimensions);
        return [new(scope[0].Type, new(values)), places, new(ElementType.Int64, new(elements)), places];
    }

    public ImmutableArray<ElementType> TypesOf(OperationScope scope) =>
        [scope[0].Type, ElementType.Int64, ElementType.Int64, ElementType.Int64];
}
