using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>The mean over all positions: (N, C, ...) to (N, C, 1, ...).</summary>
internal sealed class GlobalAveragePool : IOperationDefinition
{
    public string Type => "GlobalAveragePool";

    public ImmutableArray<string> Inputs => ["X"];

    public ImmutableArray<AttributeDefinition> Attributes => [];

    public TensorType Infer(OperationScope scope)
    {
        var x = scope.Shape(0);
        return x.Rank >= 3
            ? new(scope.FloatingType(), new([x[0], x[1], .. Enumerable.Repeat<Dimension>(1, x.Rank - 2)]))
            : throw scope.Error($"X has shape {x}, and must be (N, C, H, W).");
    }
}
