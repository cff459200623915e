namespace Neptune.ModelGraph.Operations;

/// <summary>What normalizations ask of their attributes and inputs.</summary>
internal static class NormalizationChecks
{
    public static void CheckEpsilon(this OperationScope scope, float otherwise = 1e-5f)
    {
        if (scope.Operation.Float("epsilon", otherwise) is not >= 0 and var epsilon)
        {
            throw scope.Error($"epsilon is {epsilon}, and must not be negative.");
        }
    }

    /// <summary>The shape of an input with a batch, then channels.</summary>
    public static Shape WithChannels(this OperationScope scope)
    {
        var x = scope.Shape(0);
        return x.Rank >= 2
            ? x
            : throw scope.Error(
                $"{scope.NameOf(0)} has shape {x}, and must have at least 2 dimensions: the batch, then the channels."
            );
    }
}
