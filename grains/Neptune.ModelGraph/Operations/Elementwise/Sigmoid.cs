namespace Neptune.ModelGraph.Operations;

/// <summary>1 / (1 + exp(-x)).</summary>
internal sealed class Sigmoid : ElementwiseDefinition
{
    public override string Type => "Sigmoid";
}
