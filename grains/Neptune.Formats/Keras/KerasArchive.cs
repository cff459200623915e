using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Neptune.Formats;

/// <summary>
/// Keras 3's files: a zip with metadata.json, config.json and model.weights.h5, whose groups are named after the layers' classes
/// and numbered, not after the layers.
/// </summary>
internal static partial class KerasArchive
{
    private const string WeightsName = "model.weights.h5";
    private const int DeepestGroup = 32;

    // Keras 2.12 to 2.15 named the list after its own field.
    private static readonly string[] Containers = ["layers", "_layer_checkpoint_dependencies"];

    /// <summary>Reads one.</summary>
    /// <exception cref="ModelFileException">It is damaged, or not of Keras.</exception>
    public static KerasFile Read(Stream stream, string file)
    {
        var zip = new ZipContainer(stream, file);
        var metadata = KerasJson.Parse(zip.Read("metadata.json"), $"{file}, metadata.json");
        var config = KerasJson.Parse(zip.Read("config.json"), $"{file}, config.json");
        var version = KerasTopology.TextOf(metadata, "keras_version") ?? "3";
        var root = new KerasTopology(file).ReadLayer(config);
        if (root.Model is not null && zip.Find(WeightsName) is null)
        {
            throw new ModelFileException(
                $"{file}: entry {WeightsName} is missing: only weights in one HDF5 file are read. Save the model without "
                    + "sharding, by model.save."
            );
        }
        return new()
        {
            Name = file,
            Root = root,
            Training = config.TryGetProperty("compile_config", out var compile) ? compile : null,
            Version = KerasHdf5.MainOf(version),
            VersionText = version,
            Source = $"Keras {version} (.keras)",
            Tensors = root.Model is null ? new(file) : Tensors(zip, file, root),
        };
    }

    /// <summary>The variables of each layer by its path, out of groups that are named after classes.</summary>
    /// <exception cref="ModelFileException">A layer's are missing.</exception>
    public static KerasTensors Of(Hdf5Object weights, string file, KerasLayer root)
    {
        var all = new KerasTensors(file);
        Add(weights, root, "", all);
        return all;
    }

    private static KerasTensors Tensors(ZipContainer zip, string file, KerasLayer root)
    {
        return Of(Hdf5Object.Open(zip.Open(WeightsName), $"{file}, entry {WeightsName}"), file, root);
    }

    private static void Add(Hdf5Object group, KerasLayer layer, string path, KerasTensors all)
    {
        if (layer.Model is { } model)
        {
            AddLayers(group, model, path, all);
        }
        else if (layer.Wrapped.Length > 0)
        {
            foreach (var (part, name, inner) in KerasLeaf.Inside(layer))
            {
                if (group.Find(name) is { } child)
                {
                    Add(child, inner, KerasLeaf.Join(path, part), all);
                }
            }
        }
        else if (KerasLayers.Find(layer)?.Variables(layer.Config) is { IsEmpty: false } variables)
        {
            all.Add(path, Variables(group, variables));
        }
    }

    // Layers of one class meet the class's groups that hold weights, both in order.
    private static void AddLayers(Hdf5Object group, KerasModel model, string path, KerasTensors all)
    {
        var container = Containers.Select(group.Find).FirstOrDefault(found => found is not null);
        if (container is null)
        {
            return;
        }
        foreach (
            var layers in model
                .Layers.Where(l => !(model.IsSequential && l.Class == "InputLayer"))
                .GroupBy(l => SnakeCase(l.Class), StringComparer.Ordinal)
        )
        {
            foreach (var (layer, name) in Paired(container, layers.Key, [.. layers]))
            {
                var inner = KerasLeaf.Join(path, layer.Name);
                if (name is not null)
                {
                    Add(container.Find(name)!, layer, inner, all);
                    continue;
                }
                foreach (var leaf in KerasLeaf.Of(layer, inner))
                {
                    all.AddFault(
                        leaf.Path,
                        $"the group of layer {inner} is missing among those of class {layer.Class}"
                    );
                }
            }
        }
    }

    // The n-th layer of a class has the group class_n. Keras 2.12 to 2.15 left numbers out: there the groups with weights, in order,
    // are those of the layers that have some, if they are as many.
    private static IEnumerable<(KerasLayer Layer, string? Group)> Paired(
        Hdf5Object container,
        string type,
        ImmutableArray<KerasLayer> layers
    )
    {
        var pairs = layers
            .Select(
                (layer, i) =>
                    (Layer: layer, Group: i == 0 ? type : string.Create(CultureInfo.InvariantCulture, $"{type}_{i}"))
            )
            .Where(pair => KerasLeaf.Of(pair.Layer, "").Any())
            .ToArray();
        if (pairs.All(pair => container.Find(pair.Group) is { } group && HoldsWeights(group)))
        {
            return pairs.Select(pair => (pair.Layer, (string?)pair.Group));
        }
        var groups = container
            .Names.Select(name => (Match: Numbered().Match(name), Name: name))
            .Where(n => n.Match.Groups[1].Value == type && HoldsWeights(container.Find(n.Name)!))
            .OrderBy(n => NumberOf(n.Match))
            .Select(n => n.Name)
            .ToArray();
        return pairs.Select((pair, i) => (pair.Layer, groups.Length == pairs.Length ? groups[i] : null));
    }

    private static bool HoldsWeights(Hdf5Object group, int depth = DeepestGroup) =>
        group.IsDataset
        || (
            depth > 0
            && group
                .Names.Where(n => n != "seed_generator")
                .Any(n => group.Find(n) is { } child && HoldsWeights(child, depth - 1))
        );

    private static ImmutableArray<NamedTensor> Variables(Hdf5Object group, ImmutableArray<KerasVariable> variables)
    {
        var tensors = ImmutableArray.CreateBuilder<NamedTensor>();
        foreach (var part in variables.GroupBy(v => v.Part, StringComparer.Ordinal))
        {
            var inner = part.Key.Length == 0 ? group : group.Find(part.Key) ?? group.Find($"_{part.Key}");
            for (var i = 0; i < part.Count(); i++)
            {
                if (inner?.Find($"vars/{i.ToString(CultureInfo.InvariantCulture)}") is not { } dataset)
                {
                    return tensors.ToImmutable();
                }
                tensors.Add(dataset.Tensor());
            }
        }
        return tensors.ToImmutable();
    }

    private static int NumberOf(Match match) =>
        match.Groups[2].Success && int.TryParse(match.Groups[2].Value, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    // Conv2D to conv2d, BatchNormalization to batch_normalization: keras.src.utils.naming.to_snake_case.
    private static string SnakeCase(string name)
    {
        name = Wordless().Replace(name, "");
        name = BeforeWord().Replace(name, "$1_$2");
        return BeforeCapital().Replace(name, "$1_$2").ToLowerInvariant();
    }

    [GeneratedRegex(@"^(.*?)(?:_(\d+))?$", RegexOptions.Singleline)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"\W+")]
    private static partial Regex Wordless();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex BeforeWord();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex BeforeCapital();
}
