namespace Neptune.Formats;

/// <summary>
/// Which of a model's layers the weights of a TensorFlow.js file belong to: by their names, which begin with the layer's. Layers'
/// names have slashes themselves at times; layers of a model inside stand under their own names; and where Keras 3 wrote the file,
/// the model's name stands before all.
/// </summary>
internal sealed class KerasTfjsOwners(KerasLayer root)
{
    private readonly ILookup<string, string> _outer = (root.Model?.Layers ?? [])
        .SelectMany(layer => NamesOf(layer).Distinct().Select(name => (Name: name, Outer: layer.Name)))
        .ToLookup(pair => pair.Name, pair => pair.Outer, StringComparer.Ordinal);

    /// <summary>The outer layers that a weight may belong to; none where its name is of no layer.</summary>
    public IEnumerable<string> Of(string weight)
    {
        var found = Longest(weight);
        var prefix = $"{root.Name}/";
        return found is null && weight.StartsWith(prefix, StringComparison.Ordinal)
            ? Longest(weight[prefix.Length..]) ?? []
            : found ?? [];
    }

    private IEnumerable<string>? Longest(string weight)
    {
        for (var end = weight.LastIndexOf('/'); end > 0; end = weight.LastIndexOf('/', end - 1))
        {
            if (_outer.Contains(weight[..end]))
            {
                return _outer[weight[..end]];
            }
        }
        return null;
    }

    private static IEnumerable<string> NamesOf(KerasLayer layer) =>
        KerasLeaf.Of(layer, layer.Name).Select(leaf => leaf.Layer.Name).Prepend(layer.Name);
}
