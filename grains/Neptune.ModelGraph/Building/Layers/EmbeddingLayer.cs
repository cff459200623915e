namespace Neptune.ModelGraph;

internal sealed record EmbeddingLayer(int Classes, int Width, string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "embedding";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        scope.RequireCount("classes", Classes);
        scope.RequireCount("width", Width);
        if (input.SampleShape.Rank != 1)
        {
            throw scope.Error(
                $"the input has shape {input.SampleShape}, and must be one dimension of class numbers (steps,). "
                    + $"Add Flatten() before {this}."
            );
        }
        var numbers = scope.Operation("Cast", [input.Name], false, ("to", "Int64"));
        var weight = scope.Parameter("weight", Shape.Of(Classes, Width), new Initializer.Uniform(-0.05f, 0.05f));
        return scope.Then("rows", "Gather", [weight, numbers.Name], false, ("axis", 0L));
    }

    /// <inheritdoc/>
    public override string ToString() => $"Embedding({Classes}, {Width})";
}
