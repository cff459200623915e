using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// scale (x - mean) / sqrt(var + epsilon) + B per channel (axis 1). Training uses the batch's own statistics and moves
/// the running ones: running = running momentum + batch (1 - momentum).
/// </summary>
internal sealed class BatchNormalization : IOperationDefinition
{
    public string Type => "BatchNormalization";

    public ImmutableArray<string> Inputs => ["X", "scale", "B", "input_mean", "input_var"];

    public ImmutableArray<AttributeDefinition> Attributes =>
        [AttributeDefinition.Float("epsilon"), AttributeDefinition.Float("momentum")];

    public TensorType Infer(OperationScope scope)
    {
        var type = scope.FloatingType();
        var x = scope.Shape(0);
        if (x.Rank < 2)
        {
            throw scope.Error($"X has shape {x}, and must have at least 2 dimensions: the batch, then the channels.");
        }
        var channels = new Shape(x[1]);
        for (var i = 1; i < Inputs.Length; i++)
        {
            if (scope.Shape(i) != channels)
            {
                throw scope.Error($"{Inputs[i]} has shape {scope.Shape(i)}, and must be {channels}: X has shape {x}.");
            }
        }
        if (scope.Operation.Float("epsilon", 1e-5f) is not > 0)
        {
            throw scope.Error($"epsilon is {scope.Operation.Float("epsilon", 0)}, and must be greater than 0.");
        }
        if (scope.Operation.Float("momentum", 0.9f) is not (>= 0 and <= 1))
        {
            throw scope.Error($"momentum is {scope.Operation.Float("momentum", 0)}, and must lie in 0..1.");
        }
        return new(type, x);
    }
}
