using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// The greatest element under each window; padding never wins. A second output is where it stands: its number in the
/// whole of X, where <c>storage_order</c> 1 counts the lengths behind the channels from the first to the last.
/// </summary>
internal sealed class MaxPool : PoolingDefinition
{
    public override string Type => "MaxPool";

    public override int MostOutputs => 2;

    public override ImmutableArray<AttributeDefinition> Attributes =>
        base.Attributes.Add(AttributeDefinition.Int("storage_order"));

    public override ImmutableArray<TensorType> InferAll(OperationScope scope)
    {
        _ = scope.Flag("storage_order");
        var values = Infer(scope);
        return [values, new(ElementType.Int64, values.Shape)];
    }

    public override ImmutableArray<ElementType> TypesOf(OperationScope scope) =>
        [scope[0].Type, .. Enumerable.Repeat(ElementType.Int64, scope.Operation.Outputs.Length - 1)];

    protected override ElementType TypeOf(OperationScope scope) =>
        scope[0].Type is ElementType.Int8 or ElementType.UInt8 ? scope[0].Type : base.TypeOf(scope);
}
