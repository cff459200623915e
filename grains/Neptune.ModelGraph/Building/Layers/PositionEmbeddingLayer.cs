namespace Neptune.ModelGraph;

internal sealed record PositionEmbeddingLayer(string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "position_embedding";

    internal override GraphValue Apply(LayerScope scope, GraphValue input)
    {
        var sequence = scope.Sequence(input);
        var weight = scope.Parameter("weight", sequence.SampleShape, new Initializer.Uniform(-0.05f, 0.05f));
        return scope.Operation("Add", [sequence.Name, weight], channelsFirst: false);
    }

    /// <inheritdoc/>
    public override string ToString() => "PositionEmbedding()";
}
