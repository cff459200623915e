using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// Each sample by its own statistics over the dimensions from <c>axis</c> (-1 by default). LayerNormalization: (x -
/// mean) / sqrt(variance + epsilon) Scale + B, and mean and 1 / sqrt(variance + epsilon) as further outputs.
/// RMSNormalization: x / sqrt(mean of squares + epsilon) scale.
/// </summary>
internal sealed class LayerNormalization : IOperationFamily
{
    public IEnumerable<IOperationDefinition> Members =>
        [
            new Definition("LayerNormalization", ["X", "Scale", "B"], 3),
            new Definition("RMSNormalization", ["X", "scale"], 1),
        ];

    private sealed class Definition(string type, ImmutableArray<string> inputs, int outputs) : IOperationDefinition
    {
        public string Type => type;

        public ImmutableArray<string> Inputs => inputs;

        public int RequiredInputs => 2;

        public int MostOutputs => outputs;

        public ImmutableArray<AttributeDefinition> Attributes =>
            [
                AttributeDefinition.Int("axis"),
                AttributeDefinition.Float("epsilon"),
                AttributeDefinition.Int("stash_type"),
            ];

        public TensorType Infer(OperationScope scope)
        {
            var x = scope.Shape(0);
            var axis = scope.Axis("axis", -1, x.Rank);
            scope.CheckEpsilon();
            for (var i = 1; i < scope.Count; i++)
            {
                if (scope.Has(i) && Broadcasting.Of(scope.Shape(i), x) is not { } shape)
                {
                    throw scope.Error(
                        $"{Inputs[i]} has shape {scope.Shape(i)}, which does not broadcast to that of X, {x}. Give "
                            + $"({string.Join(", ", x.Dimensions[axis..])})."
                    );
                }
            }
            return new(scope.FloatingType(), x);
        }

        public ImmutableArray<TensorType> InferAll(OperationScope scope)
        {
            var y = Infer(scope);
            if (outputs == 1)
            {
                return [y];
            }
            var axis = scope.Axis("axis", -1, y.Shape.Rank);
            var statistic = new Shape([
                .. y.Shape.Dimensions[..axis],
                .. Enumerable.Repeat<Dimension>(1, y.Shape.Rank - axis),
            ]);
            return [y, new(Stash(scope), statistic), new(Stash(scope), statistic)];
        }

        public ImmutableArray<ElementType> TypesOf(OperationScope scope) =>
            [scope[0].Type, .. Enumerable.Repeat(Stash(scope), scope.Operation.Outputs.Length - 1)];

        // ONNX's number of float32 is 1; the statistics are of the type they are computed in.
        private static ElementType Stash(OperationScope scope) =>
            scope[0].Type is ElementType.Float64 ? ElementType.Float64
            : scope.Operation.Int("stash_type", 1) == 1 ? ElementType.Float32
            : scope[0].Type;
    }
}
