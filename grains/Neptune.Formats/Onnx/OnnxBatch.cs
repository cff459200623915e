namespace Neptune.Formats;

/// <summary>Makes models that were exported for one sample take batches.</summary>
internal static class OnnxBatch
{
    /// <summary>True where each input is a tensor whose first of several lengths is 1.</summary>
    public static bool IsFixedToOne(OnnxGraph graph)
    {
        var inputs = InputsOf(graph).ToArray();
        return inputs.Length > 0
            && inputs.All(i =>
                i.Type is { Kind: OnnxValueKind.Tensor, Dimensions: { Length: > 1 } lengths } && lengths[0].Value == 1
            );
    }

    /// <summary>The same model with the symbol N in the place of those lengths.</summary>
    public static OnnxModel Free(OnnxModel model)
    {
        var names = InputsOf(model.Graph).Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        return model with
        {
            Graph = model.Graph with
            {
                Inputs = [.. model.Graph.Inputs.Select(i => names.Contains(i.Name) ? Free(i) : i)],
            },
        };
    }

    /// <summary>The inputs that a caller gives: some writers list all weights too.</summary>
    public static IEnumerable<OnnxValueInfo> InputsOf(OnnxGraph graph)
    {
        var initialized = graph.Initializers.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        return graph.Inputs.Where(input => !initialized.Contains(input.Name));
    }

    private static OnnxValueInfo Free(OnnxValueInfo input) =>
        input with
        {
            Type = input.Type with { Dimensions = input.Type.Dimensions!.Value.SetItem(0, new(null, "N")) },
        };
}
