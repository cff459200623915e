namespace Neptune.ModelGraph.Operations;

/// <summary>The greatest element under each window; padding never wins.</summary>
internal sealed class MaxPool : PoolingDefinition
{
    public override string Type => "MaxPool";
}
