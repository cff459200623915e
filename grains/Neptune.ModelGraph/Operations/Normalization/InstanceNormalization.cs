using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// Each sample's channels by their own mean and variance; then scale and B, one value for each channel.
/// </summary>
internal sealed class InstanceNormalization : IOperationDefinition
{
    public string Type => "InstanceNormalization";

    public ImmutableArray<string> Inputs => ["input", "scale", "B"];

    public ImmutableArray<AttributeDefinition> Attributes => [AttributeDefinition.Float("epsilon")];

    public TensorType Infer(OperationScope scope)
    {
        var x = scope.WithChannels();
        scope.CheckEpsilon();
        for (var i = 1; i < 3; i++)
        {
            if (!scope.Shape(i).MayEqual(new(x[1])))
            {
                throw scope.Error(
                    $"{Inputs[i]} has shape {scope.Shape(i)}, and must be ({x[1]},): one value for each channel of {x}."
                );
            }
        }
        return new(scope.FloatingType(), x);
    }
}
