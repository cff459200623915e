using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>One value for each channel: (N, C, ...) to (N, C, 1, ...).</summary>
internal sealed class GlobalPooling : IOperationFamily
{
    public IEnumerable<IOperationDefinition> Members =>
        [
            new Definition("GlobalAveragePool", []),
            new Definition("GlobalMaxPool", []),
            new Definition("GlobalLpPool", [AttributeDefinition.Int("p")]),
        ];

    private sealed class Definition(string type, ImmutableArray<AttributeDefinition> attributes) : IOperationDefinition
    {
        public string Type => type;

        public ImmutableArray<string> Inputs => ["X"];

        public ImmutableArray<AttributeDefinition> Attributes => attributes;

        public TensorType Infer(OperationScope scope)
        {
            var x = scope.Shape(0);
            if (x.Rank < 3)
            {
                throw scope.Error($"X has shape {x}, and must be (N, C, H, W).");
            }
            if (scope.Operation.Int("p", 2) is < 1 and var p)
            {
                throw scope.Error($"p is {p}, and must be at least 1.");
            }
            return new(scope.FloatingType(), new([x[0], x[1], .. Enumerable.Repeat<Dimension>(1, x.Rank - 2)]));
        }
    }
}
