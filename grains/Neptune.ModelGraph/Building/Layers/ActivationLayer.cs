namespace Neptune.ModelGraph;

internal sealed record ActivationLayer(Activation Activation, string? LayerName) : Layer(LayerName)
{
    internal override string Stem => "activation";

    internal override GraphValue Apply(LayerScope scope, GraphValue input) => scope.ActivateAsLayer(input, Activation);

    /// <inheritdoc/>
    public override string ToString() => $"Activate({Activation})";
}
