namespace Neptune.Formats;

/// <summary>Tells weights that training changes from numbers that belong to the computation.</summary>
internal static class OnnxTrained
{
    private static readonly Dictionary<string, int[]> Places = new(StringComparer.Ordinal)
    {
        ["Conv"] = [1, 2],
        ["ConvTranspose"] = [1, 2],
        ["Gemm"] = [0, 1, 2],
        ["MatMul"] = [0, 1],
        ["BatchNormalization"] = [1, 2],
        ["InstanceNormalization"] = [1, 2],
        ["LayerNormalization"] = [1, 2],
        ["GroupNormalization"] = [1, 2],
        ["RMSNormalization"] = [1],
        ["PRelu"] = [1],
        ["Gather"] = [0],
        ["LSTM"] = [1, 2, 3, 7],
        ["GRU"] = [1, 2, 3],
        ["RNN"] = [1, 2, 3],
        ["Add"] = [0, 1],
        ["Mul"] = [0, 1],
        ["Reshape"] = [0],
        ["Transpose"] = [0],
    };

    // Whatever else reads them, these are no weights.
    private static readonly Dictionary<string, int[]> Never = new(StringComparer.Ordinal)
    {
        ["BatchNormalization"] = [3, 4],
    };

    /// <summary>The names of the initializers that training changes.</summary>
    public static HashSet<string> Of(OnnxGraph graph)
    {
        var inputs = OnnxBatch.InputsOf(graph).Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        var trained = new HashSet<string>(StringComparer.Ordinal);
        var never = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            // What is added to or multiplied with the input itself scales the data.
            var scales = node.OpType is "Add" or "Mul" && node.Inputs.Any(inputs.Contains);
            if (!scales)
            {
                trained.UnionWith(At(node, Places));
            }
            never.UnionWith(At(node, Never));
        }
        trained.ExceptWith(never);
        return trained;
    }

    private static IEnumerable<string> At(OnnxNode node, Dictionary<string, int[]> places) =>
        places.TryGetValue(node.OpType, out var numbers)
            ? numbers.Where(number => number < node.Inputs.Length).Select(number => node.Inputs[number])
            : [];
}
