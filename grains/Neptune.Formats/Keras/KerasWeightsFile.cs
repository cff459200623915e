using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Neptune.Formats;

/// <summary>Files of weights alone: Keras 2's, with the names of layers as attributes, and Keras 3's, with groups of numbers.</summary>
internal static partial class KerasWeightsFile
{
    private const int DeepestGroup = 32;

    /// <summary>Puts the weights onto the graph of the options.</summary>
    /// <exception cref="ModelFileException">It is no such file, or does not fit.</exception>
    public static ImportedModel Import(Hdf5Object root, string file, ImportOptions options)
    {
        if (root.TextsInParts("layer_names") is { } layers)
        {
            var variables = layers.SelectMany(layer =>
                KerasHdf5.Tensors(root, file, layer).Select((tensor, i) => Stored(layer, tensor, i))
            );
            return KerasOnto.Import(file, "Keras 2 (HDF5)", [.. variables.Where(v => !IsSeed(v))], options);
        }
        var found = ImmutableArray.CreateBuilder<KerasStoredVariable>();
        Collect(root, "", file, DeepestGroup, found);
        return found.Count > 0
            ? KerasOnto.Import(file, "Keras 3 (HDF5)", found.ToImmutable(), options)
            : throw new ModelFileException(
                $"{file} is no file of Keras: it has neither a model_config, nor layer_names, nor groups of variables. Give a "
                    + "file that model.save or model.save_weights wrote."
            );
    }

    // Of dense_1/kernel:0 the variable is kernel; what lies between belongs to a layer inside.
    private static KerasStoredVariable Stored(string layer, NamedTensor tensor, int place)
    {
        var parts = tensor.Name.Split(':')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        var inner = parts.Length > 2 ? parts[^2] : "";
        var path =
            parts.Any(p => p.StartsWith("forward_", StringComparison.Ordinal)) ? $"{layer}.forward"
            : parts.Any(p => p.StartsWith("backward_", StringComparison.Ordinal)) ? $"{layer}.backward"
            : parts.Length > 1 && IsInside(layer, parts[0]) ? $"{layer}.{parts[0]}"
            : layer;
        var variable =
            inner is "query" or "key" or "value" ? $"{inner}/{parts[^1]}"
            : inner == "attention_output" ? $"output/{parts[^1]}"
            : parts[^1];
        return new(path, variable, place, tensor);
    }

    // A model that was saved again has its layers' weights as dense_1_1/kernel:0 under dense_1.
    private static bool IsInside(string layer, string first) =>
        !first.StartsWith(layer, StringComparison.Ordinal) && !layer.StartsWith(first, StringComparison.Ordinal);

    private static bool IsSeed(KerasStoredVariable variable) =>
        variable.Tensor.Name.Contains("seed_generator", StringComparison.Ordinal);

    // Groups called vars hold the variables; newer versions say the layer's name beside.
    private static void Collect(
        Hdf5Object group,
        string path,
        string file,
        int depth,
        ImmutableArray<KerasStoredVariable>.Builder found
    )
    {
        if (depth == 0)
        {
            throw new ModelFileException($"{file}: groups lie in one another more than {DeepestGroup} deep.");
        }
        foreach (var name in group.Names)
        {
            if (name is "optimizer" or "seed_generator" || group.Find(name) is not { IsDataset: false } child)
            {
                continue;
            }
            if (name == "vars")
            {
                AddVariables(child, child.Text("name") ?? path, found);
                continue;
            }
            var isPart = name is "layers" or "cell" or "_layer_checkpoint_dependencies";
            var part = name.EndsWith("_layer", StringComparison.Ordinal) ? name[..^6] : name;
            Collect(
                child,
                isPart ? path
                    : path.Length == 0 ? part
                    : $"{path}.{part}",
                file,
                depth - 1,
                found
            );
        }
    }

    private static void AddVariables(Hdf5Object vars, string layer, ImmutableArray<KerasStoredVariable>.Builder found)
    {
        foreach (var name in vars.Names.Where(n => Number().IsMatch(n)))
        {
            found.Add(new(layer, null, int.Parse(name), vars.Find(name)!.Tensor()));
        }
    }

    [GeneratedRegex("^[0-9]{1,6}$")]
    private static partial Regex Number();
}
