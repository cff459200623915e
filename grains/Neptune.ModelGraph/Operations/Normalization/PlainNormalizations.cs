using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// Normalizations without weights. MeanVarianceNormalization: mean 0 and deviation 1 over <c>axes</c> (0, 2, 3 by
/// default). LpNormalization: p-norm 1 along <c>axis</c>. LRN: x / (bias + alpha / size times the sum of squares over
/// <c>size</c> channels around)^beta.
/// </summary>
internal sealed class PlainNormalizations : IOperationFamily
{
    public IEnumerable<IOperationDefinition> Members =>
        [
            new Definition("MeanVarianceNormalization", [AttributeDefinition.Ints("axes")], CheckAxes),
            new Definition(
                "LpNormalization",
                [AttributeDefinition.Int("axis"), AttributeDefinition.Int("p")],
                CheckNorm
            ),
            new Definition(
                "LRN",
                [
                    AttributeDefinition.Float("alpha"),
                    AttributeDefinition.Float("beta"),
                    AttributeDefinition.Float("bias"),
                    AttributeDefinition.Int("size"),
                ],
                CheckSize
            ),
        ];

    private static void CheckAxes(OperationScope scope)
    {
        foreach (var axis in scope.Operation.Ints("axes", 0, 2, 3))
        {
            _ = scope.Axis("axes", axis, scope.Shape(0).Rank, 0);
        }
    }

    private static void CheckNorm(OperationScope scope)
    {
        _ = scope.Axis("axis", -1, scope.Shape(0).Rank);
        if (scope.Operation.Int("p", 2) is not (1 or 2) and var p)
        {
            throw scope.Error($"p is {p}, and must be 1 or 2.");
        }
    }

    private static void CheckSize(OperationScope scope)
    {
        _ = scope.WithChannels();
        if (scope.Operation.Int("size", 0) is < 1 and var size)
        {
            throw scope.Error($"size is {size}, and must be at least 1: the channels that count.");
        }
    }

    private sealed class Definition(
        string type,
        ImmutableArray<AttributeDefinition> attributes,
        Action<OperationScope> check
    ) : IOperationDefinition
    {
        public string Type => type;

        public ImmutableArray<string> Inputs => type == "LpNormalization" ? ["input"] : ["X"];

        public ImmutableArray<AttributeDefinition> Attributes => attributes;

        public TensorType Infer(OperationScope scope)
        {
            check(scope);
            return new(scope.FloatingType(), scope.Shape(0));
        }
    }
}
