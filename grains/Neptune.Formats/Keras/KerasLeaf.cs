using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A layer that has variables of its own, wherever in a model it lies.</summary>
/// <param name="Path">The names of the models and layers on the way, with slashes.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Variables">What it has, trained ones first, in Keras's order.</param>
/// <param name="IsTrainable">False where it, or a model around it, is not trained.</param>
internal sealed record KerasLeaf(
    string Path,
    KerasLayer Layer,
    ImmutableArray<KerasVariable> Variables,
    bool IsTrainable
)
{
    /// <summary>The layers of a model or layer that have variables, in Keras's order.</summary>
    /// <param name="layer">The model or layer.</param>
    /// <param name="path">Its path.</param>
    /// <param name="isTrainable">False inside of what is not trained.</param>
    public static IEnumerable<KerasLeaf> Of(KerasLayer layer, string path, bool isTrainable = true)
    {
        isTrainable &= layer.IsTrainable;
        if (layer.Model is { } model)
        {
            return model.Layers.SelectMany(inner => Of(inner, Join(path, inner.Name), isTrainable));
        }
        if (layer.Wrapped.Length > 0)
        {
            return Inside(layer).SelectMany(inner => Of(inner.Layer, Join(path, inner.Part), isTrainable));
        }
        var variables = KerasLayers.Find(layer)?.Variables(layer.Config) ?? [];
        return variables.IsEmpty ? [] : [new(path, layer, variables, isTrainable)];
    }

    /// <summary>
    /// The layers that one wraps, with the part of the path that tells them apart, and the name that Keras 3's files have for it.
    /// </summary>
    public static ImmutableArray<(string Part, string Group, KerasLayer Layer)> Inside(KerasLayer layer)
    {
        var inner = layer.Wrapped[0].Layer;
        if (layer.Class != "Bidirectional")
        {
            return [("", layer.Wrapped[0].Setting, inner)];
        }
        var backward = layer.Wrapped.FirstOrDefault(w => w.Setting == "backward_layer").Layer ?? inner;
        return [("forward", "forward_layer", inner), ("backward", "backward_layer", backward)];
    }

    /// <summary>A path with one more name.</summary>
    public static string Join(string path, string name) =>
        path.Length == 0 ? name
        : name.Length == 0 ? path
        : $"{path}/{name}";
}
