using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Gives each layer its own of the weights that a file lists for the model's outer layers: for a model inside, those of all its
/// layers in one list.
/// </summary>
internal static class KerasFlatWeights
{
    /// <summary>The tensors of each layer by its path.</summary>
    /// <param name="file">What errors call the file.</param>
    /// <param name="root">The model.</param>
    /// <param name="listed">The weights that the file lists for an outer layer, which has these layers with variables.</param>
    /// <exception cref="ModelFileException">They are not as many as the layers have.</exception>
    public static KerasTensors Of(
        string file,
        KerasLayer root,
        Func<string, ImmutableArray<KerasLeaf>, ImmutableArray<NamedTensor>> listed
    )
    {
        var all = new KerasTensors(file);
        foreach (var layer in root.Model?.Layers ?? [])
        {
            var leaves = KerasLeaf.Of(layer, layer.Name, root.IsTrainable).ToImmutableArray();
            if (!leaves.IsEmpty)
            {
                Distribute(layer.Name, leaves, WithoutSeeds(listed(layer.Name, leaves)), all);
            }
        }
        return all;
    }

    // States of random generators are listed among the weights.
    private static ImmutableArray<NamedTensor> WithoutSeeds(ImmutableArray<NamedTensor> tensors) =>
        [.. tensors.Where(t => !IsSeed(t))];

    private static bool IsSeed(NamedTensor tensor) =>
        !tensor.Type.IsFloating()
        && (
            tensor.Name.Contains("seed_generator", StringComparison.Ordinal)
            || tensor.Name.Contains("StateVar", StringComparison.Ordinal)
        );

    private static void Distribute(
        string layer,
        ImmutableArray<KerasLeaf> leaves,
        ImmutableArray<NamedTensor> tensors,
        KerasTensors all
    )
    {
        var places = leaves
            .SelectMany((leaf, i) => leaf.Variables.Select((variable, v) => (Leaf: i, Variable: variable, Place: v)))
            .ToArray();
        if (places.Length != tensors.Length)
        {
            var names = tensors.IsEmpty ? "" : $": {NameList.Of([.. tensors.Select(t => t.Name)])}";
            foreach (var leaf in leaves)
            {
                all.AddFault(
                    leaf.Path,
                    $"layer {layer} has {places.Length} variables by its settings, and the file has {tensors.Length}{names}"
                );
            }
            return;
        }
        // Keras lists what is trained first, then what is not; some tools write layer by layer.
        var trainedFirst = places
            .Where(p => leaves[p.Leaf].IsTrainable && p.Variable.IsTrained)
            .Concat(places.Where(p => !(leaves[p.Leaf].IsTrainable && p.Variable.IsTrained)))
            .ToArray();
        var order = new[] { trainedFirst, places }.FirstOrDefault(o => NamesFit(o.Select(p => p.Variable), tensors));
        var found = leaves.Select(leaf => new NamedTensor[leaf.Variables.Length]).ToArray();
        if (order is null && leaves.Length == 1 && ByName(leaves[0], tensors) is { } named)
        {
            all.Add(leaves[0].Path, named);
            return;
        }
        foreach (var (i, place) in (order ?? trainedFirst).Index())
        {
            found[place.Leaf][place.Place] = tensors[i];
        }
        foreach (var (i, leaf) in leaves.Index())
        {
            all.Add(leaf.Path, [.. found[i]]);
        }
    }

    private static ImmutableArray<NamedTensor>? ByName(KerasLeaf leaf, ImmutableArray<NamedTensor> tensors)
    {
        var found = ImmutableArray.CreateBuilder<NamedTensor>();
        foreach (var variable in leaf.Variables)
        {
            var same = tensors.Where(t => Last(t.Name) == Last(variable.Name)).ToArray();
            if (same.Length != 1)
            {
                return null;
            }
            found.Add(same[0]);
        }
        return found.ToImmutable();
    }

    private static bool NamesFit(IEnumerable<KerasVariable> variables, ImmutableArray<NamedTensor> tensors) =>
        variables.Zip(tensors).All(pair => Last(pair.First.Name) == Last(pair.Second.Name));

    // Of dense_1/kernel:0, kernel.
    private static string Last(string name)
    {
        var end = name[(name.LastIndexOf('/') + 1)..];
        var colon = end.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? end : end[..colon];
    }
}
