using static Neptune.ModelGraph.Operations.AttributeDefinition;
using static Neptune.ModelGraph.Operations.ElementKind;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// Losses: of scores (N, C, d1, ...) and labels (N, d1, ...), with a weight for each of C classes. Labels equal to
/// <c>ignore_index</c> do not count; <c>reduction</c> is mean (of weights too), sum or none.
/// </summary>
internal sealed class NegativeLogLikelihood : IOperationFamily
{
    public IEnumerable<IOperationDefinition> Members =>
        [
            new FunctionDefinition(
                "NegativeLogLikelihoodLoss",
                "input target weight?",
                Scores,
                Loss,
                Int("ignore_index"),
                Text("reduction")
            ),
        ];

    internal static ElementType Scores(OperationScope scope)
    {
        _ = Place.Of(scope, 1);
        _ = Floating.OfBoth(scope, 0, 2);
        return Floating.Of(scope);
    }

    internal static Shape Loss(OperationScope scope)
    {
        var (scores, labels) = (scope.Shape(0), scope.Shape(1));
        var reduction = scope.Operation.Text("reduction", "mean");
        if (reduction is not ("mean" or "sum" or "none"))
        {
            throw scope.Error($"reduction is {reduction}, and must be mean, sum or none.");
        }
        if (scores.Rank < 2 || !labels.MayEqual(new(scores.Dimensions.RemoveAt(1))))
        {
            throw scope.Error(
                $"{scope.NameOf(0)} has shape {scores} and {scope.NameOf(1)} has shape {labels}. Give a "
                    + "class (axis 1) for "
                    + "each place of the others."
            );
        }
        if (scope.Has(2) && !scope.Shape(2).MayEqual(new(scores[1])))
        {
            throw scope.Error($"{scope.NameOf(2)} has shape {scope.Shape(2)}, and must be ({scores[1]},).");
        }
        return reduction == "none" ? labels : Shape.Scalar;
    }
}
