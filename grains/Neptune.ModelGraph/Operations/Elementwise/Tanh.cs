namespace Neptune.ModelGraph.Operations;

/// <summary>The hyperbolic tangent.</summary>
internal sealed class Tanh : ElementwiseDefinition
{
    public override string Type => "Tanh";
}
