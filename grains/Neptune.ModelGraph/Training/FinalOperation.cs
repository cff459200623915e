namespace Neptune.ModelGraph;

/// <summary>Finds what makes a graph's output.</summary>
internal static class FinalOperation
{
    // These move elements or drop some, and leave the kind of the values as it is.
    private static readonly string[] Transparent = ["Identity", "Dropout"];

    /// <summary>The operation that makes the first output, looking through identities; null where it is an input.</summary>
    public static Operation? Of(Graph graph)
    {
        var name = graph.Outputs[0].Name;
        for (var i = graph.Operations.Length - 1; i >= 0; i--)
        {
            var operation = graph.Operations[i];
            if (!operation.Outputs.Contains(name))
            {
                continue;
            }
            if (!Transparent.Contains(operation.Type))
            {
                return operation;
            }
            name = operation.Inputs[0];
        }
        return null;
    }
}
