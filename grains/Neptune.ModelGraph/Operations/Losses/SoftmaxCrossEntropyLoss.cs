using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// The negative log-likelihood of the softmax along axis 1; the second output is the softmax's logarithm.
/// </summary>
internal sealed class SoftmaxCrossEntropyLoss : IOperationDefinition
{
    public string Type => "SoftmaxCrossEntropyLoss";

    public ImmutableArray<string> Inputs => ["scores", "labels", "weights"];

    public int RequiredInputs => 2;

    public int MostOutputs => 2;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [AttributeDefinition.Int("ignore_index"), AttributeDefinition.Text("reduction")];

    public TensorType Infer(OperationScope scope) =>
        new(NegativeLogLikelihood.Scores(scope), NegativeLogLikelihood.Loss(scope));

    public ImmutableArray<TensorType> InferAll(OperationScope scope) =>
        [Infer(scope), new(scope[0].Type, scope.Shape(0))];

    public ImmutableArray<ElementType> TypesOf(OperationScope scope) =>
        [NegativeLogLikelihood.Scores(scope), scope[0].Type];
}
