namespace Neptune.ModelGraph.Operations;

/// <summary>The product of two tensors.</summary>
internal sealed class Mul : BroadcastingDefinition
{
    public override string Type => "Mul";
}
