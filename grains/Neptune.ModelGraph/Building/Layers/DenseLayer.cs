namespace Neptune.ModelGraph;

internal sealed record DenseLayer(int Units, Activation Activation, bool Bias, string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "dense";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        scope.RequireCount("units", Units);
        var shape = input.SampleShape;
        if (shape.Rank == 2)
        {
            return OfSteps(scope, input);
        }
        if (shape.Rank != 1)
        {
            var remedy = shape.Rank == 0 ? "Reshape(1)" : "Flatten()";
            throw scope.Error(
                $"the input has shape {shape}, and must be one dimension of features"
                    + $"{(shape.Rank == 0 ? "" : $", such as ({shape.ElementCount()},)")}. Add {remedy} before {this}."
            );
        }
        var features = shape[0].Length;
        var weight = scope.Parameter(
            "weight",
            Shape.Of(Units, features),
            new Initializer.GlorotUniform(features, Units)
        );
        List<string> inputs = [input.Name, weight];
        if (Bias)
        {
            inputs.Add(scope.Parameter("bias", Shape.Of(Units), Initializer.Zeros));
        }
        var product = scope.Operation("Gemm", inputs, channelsFirst: false, ("transB", 1L));
        return scope.Activate(product, Activation);
    }

    // A sequence (steps, features): the same weights at every step.
    private GraphValue OfSteps(LayerScope scope, GraphValue input)
    {
        var features = input.SampleShape[1].Length;
        var weight = scope.Parameter(
            "weight",
            Shape.Of(features, Units),
            new Initializer.GlorotUniform(features, Units)
        );
        var product = scope.Operation("MatMul", [input.Name, weight], channelsFirst: false);
        if (Bias)
        {
            var bias = scope.Parameter("bias", Shape.Of(Units), Initializer.Zeros);
            product = scope.Then("sum", "Add", [product.Name, bias], false);
        }
        return scope.Activate(product, Activation);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Activation == Activation.Linear ? $"Dense({Units})" : $"Dense({Units}, {Activation})";
}
