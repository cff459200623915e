namespace Neptune.Formats;

/// <summary>Layers that end a net: losses, and what is measured.</summary>
internal static class CaffeSinks
{
    /// <summary>The layers.</summary>
    public static CaffeLayerDefinition[] All =>
        [
            new(
                "Accuracy",
                "",
                "measured in training, ties in favour of the label; its input is an output of the graph"
            )
            {
                IsSink = true,
                Import = Refuse,
                Bottoms = (2, 2),
            },
            Loss(
                "EuclideanLoss",
                "loss; half the sum of squares is the mean of squares times half the outputs, which goes into the optimizer"
            ),
            Loss("MultinomialLogisticLoss", "loss, behind a Softmax"),
            Loss("SigmoidCrossEntropyLoss", "loss; normalization other than NONE"),
            Loss("SoftmaxWithLoss", "loss; ignore_label, normalization other than NONE, axis 1") with
            {
                Import = SoftmaxWithLoss,
                Message = "softmax_param",
            },
            new("Silence", "", "takes blobs away from the outputs")
            {
                IsSink = true,
                Import = Refuse,
                Bottoms = (1, int.MaxValue),
            },
        ];

    private static CaffeLayerDefinition Loss(string type, string settings) =>
        new(type, "", settings)
        {
            IsLoss = true,
            Import = Refuse,
            Bottoms = (2, 2),
        };

    // Nothing that ends a net is an output; so it is read.
    private static void Refuse(CaffeScope scope) =>
        throw new CaffeRefusedException("layers read what it makes; only training reads a loss");

    // Its second top is the softmax.
    private static void SoftmaxWithLoss(CaffeScope scope)
    {
        if (scope.Tops < 2 || scope.IsWanted(0))
        {
            Refuse(scope);
        }
        CaffeActivations.Softmax(scope, 1);
    }
}
