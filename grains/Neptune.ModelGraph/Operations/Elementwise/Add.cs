namespace Neptune.ModelGraph.Operations;

/// <summary>The sum of two tensors.</summary>
internal sealed class Add : BroadcastingDefinition
{
    public override string Type => "Add";
}
