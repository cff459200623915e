namespace Neptune.ModelGraph;

internal sealed record GlobalAveragePooling1DLayer(string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "global_average_pooling1d";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        var sequence = scope.Sequence(input);
        var features = scope.Operation("Transpose", [sequence.Name], false, ("perm", new long[] { 0, 2, 1 }));
        var means = scope.Then("mean", "GlobalAveragePool", [features.Name], false);
        return scope.FlattenBehind(means);
    }

    /// <inheritdoc/>
    public override string ToString() => "GlobalAveragePooling1D()";
}
