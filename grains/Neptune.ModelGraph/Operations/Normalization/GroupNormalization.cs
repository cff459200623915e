using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// Each sample's groups of channels by their own mean and variance; then scale and bias, one value for each channel
/// (or, as in ONNX's first edition of it, for each group).
/// </summary>
internal sealed class GroupNormalization : IOperationDefinition
{
    public string Type => "GroupNormalization";

    public ImmutableArray<string> Inputs => ["X", "scale", "bias"];

    public ImmutableArray<AttributeDefinition> Attributes =>
        [
            AttributeDefinition.Float("epsilon"),
            AttributeDefinition.Int("num_groups"),
            AttributeDefinition.Int("stash_type"),
        ];

    public TensorType Infer(OperationScope scope)
    {
        var x = scope.WithChannels();
        scope.CheckEpsilon();
        var groups = scope.Operation.Int("num_groups", 0);
        if (groups < 1 || (x[1].IsFixed && x[1].Length % groups != 0))
        {
            throw scope.Error($"num_groups is {groups}, and must divide the {x[1]} channels of X {x}.");
        }
        for (var i = 1; i < 3; i++)
        {
            if (!scope.Shape(i).MayEqual(new(x[1])) && scope.Shape(i) != Shape.Of(groups))
            {
                throw scope.Error(
                    $"{Inputs[i]} has shape {scope.Shape(i)}, and must be ({x[1]},): one value for each channel."
                );
            }
        }
        return new(scope.FloatingType(), x);
    }
}
