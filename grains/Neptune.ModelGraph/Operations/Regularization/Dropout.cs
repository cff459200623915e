using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// In training, zeroes a share <c>ratio</c> (an attribute, or an input) of elements and scales the rest by 1 /
/// (1 - ratio),
/// unless the input <c>training_mode</c> is there and false. The second output says which elements were kept.
/// </summary>
internal sealed class Dropout : IOperationDefinition
{
    public string Type => "Dropout";

    public ImmutableArray<string> Inputs => ["data", "ratio", "training_mode"];

    public int RequiredInputs => 1;

    public int MostOutputs => 2;

    public bool TrainingOnly => true;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [AttributeDefinition.Float("ratio"), AttributeDefinition.Int("seed")];

    public TensorType Infer(OperationScope scope)
    {
        var ratio = scope.Operation.Float("ratio", 0.5f);
        return ratio is >= 0 and < 1
            ? new(TypesOf(scope)[0], scope.Shape(0))
            : throw scope.Error($"ratio is {ratio}, and must be at least 0 and less than 1.");
    }

    public ImmutableArray<TensorType> InferAll(OperationScope scope) =>
        [Infer(scope), new(ElementType.Boolean, scope.Shape(0))];

    public ImmutableArray<ElementType> TypesOf(OperationScope scope)
    {
        if (scope.Has(2))
        {
            _ = ElementKind.Truth.Of(scope, 2);
        }
        return [ElementKind.Floating.Of(scope), ElementType.Boolean];
    }
}
