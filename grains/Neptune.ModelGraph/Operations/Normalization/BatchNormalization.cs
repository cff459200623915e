using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// scale (x - mean) / sqrt(var + epsilon) + B per channel (axis 1). Where mean and var are parameters that are not trained,
/// training uses the batch's own statistics and moves the running ones: running = running momentum + batch (1 - momentum).
/// Where they are any other values, they are used as they are. With <c>training_mode</c> 1 the batch's own are used always,
/// and two more outputs are the moved ones.
/// </summary>
internal sealed class BatchNormalization : IOperationDefinition
{
    public string Type => "BatchNormalization";

    public ImmutableArray<string> Inputs => ["X", "scale", "B", "input_mean", "input_var"];

    public int MostOutputs => 3;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [
            AttributeDefinition.Float("epsilon"),
            AttributeDefinition.Float("momentum"),
            AttributeDefinition.Int("training_mode"),
        ];

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
            if (!scope.Shape(i).MayEqual(channels))
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
        if (!scope.Flag("training_mode") && scope.Operation.Outputs.Skip(1).Any(name => name.Length > 0))
        {
            throw scope.Error(
                "it has outputs for running statistics, which only training_mode 1 makes. Leave them out, or set it to 1."
            );
        }
        return new(type, x);
    }

    public ImmutableArray<TensorType> InferAll(OperationScope scope)
    {
        var y = Infer(scope);
        return [y, new(y.Type, scope.Shape(3)), new(y.Type, scope.Shape(4))];
    }
}
