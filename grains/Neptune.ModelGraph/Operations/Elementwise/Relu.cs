namespace Neptune.ModelGraph.Operations;

/// <summary>max(x, 0).</summary>
internal sealed class Relu : ElementwiseDefinition
{
    public override string Type => "Relu";
}
