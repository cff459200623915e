using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// The K (an input, or the attribute <c>k</c>) greatest elements along <c>axis</c>, or the least where
/// <c>largest</c> is 0,
/// and their places. Of equal ones the first come first.
/// </summary>
internal sealed class TopK : IOperationDefinition
{
    public string Type => "TopK";

    public ImmutableArray<string> Inputs => ["X", "K"];

    public int RequiredInputs => 1;

    public int MostOutputs => 2;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [
            AttributeDefinition.Int("axis"),
            AttributeDefinition.Int("k"),
            AttributeDefinition.Int("largest"),
            AttributeDefinition.Int("sorted"),
        ];

    public TensorType Infer(OperationScope scope) => InferAll(scope)[0];

    public ImmutableArray<TensorType> InferAll(OperationScope scope)
    {
        var shape = scope.Shape(0);
        var axis = scope.Axis("axis", -1, shape.Rank);
        var isGiven = scope.Operation.Attributes.ContainsKey("k");
        if (!isGiven && !scope.Has(1))
        {
            throw scope.Error("K is missing. Give how many elements are wanted.");
        }
        var count =
            isGiven ? Count(scope, scope.Operation.Int("k", 0))
            : scope.Known(1) is { Elements: [var known] } ? known.AsDimension()
            : Dimension.Unknown;
        if (count.IsFixed && shape[axis].IsFixed && count.Length > shape[axis].Length)
        {
            throw scope.Error($"K is {count}, and X has shape {shape} with {shape[axis]} elements along axis {axis}.");
        }
        var result = new Shape(shape.Dimensions.SetItem(axis, count));
        return [new(TypesOf(scope)[0], result), new(ElementType.Int64, result)];
    }

    public ImmutableArray<ElementType> TypesOf(OperationScope scope) =>
        [ElementKind.Number.Of(scope), ElementType.Int64];

    private static Dimension Count(OperationScope scope, long k) =>
        k >= 0 ? k : throw scope.Error($"k is {k}, and must not be negative.");
}
