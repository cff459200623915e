using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>Real numbers as bytes, with the scale and zero point that just hold them all, and zero exactly.</summary>
internal sealed class DynamicQuantizeLinear : IOperationDefinition
{
    public string Type => "DynamicQuantizeLinear";

    public ImmutableArray<string> Inputs => ["x"];

    public int MostOutputs => 3;

    public ImmutableArray<AttributeDefinition> Attributes => [];

    public TensorType Infer(OperationScope scope) => new(TypesOf(scope)[0], scope.Shape(0));

    public ImmutableArray<TensorType> InferAll(OperationScope scope) =>
        [Infer(scope), new(scope[0].Type, Shape.Scalar), new(ElementType.UInt8, Shape.Scalar)];

    public ImmutableArray<ElementType> TypesOf(OperationScope scope) =>
        [ElementType.UInt8, ElementKind.Floating.Of(scope), ElementType.UInt8];
}
