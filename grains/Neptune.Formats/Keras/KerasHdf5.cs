using System.Collections.Immutable;
using System.Text;

namespace Neptune.Formats;

/// <summary>Whole models in HDF5, as Keras 1 and 2 write them, and Keras 3 for a name that ends in .h5.</summary>
internal static class KerasHdf5
{
    /// <summary>True where the file says what is computed.</summary>
    public static bool HasModel(Hdf5Object root) => root.Text("model_config") is not null;

    /// <summary>Reads one.</summary>
    /// <exception cref="ModelFileException">It is damaged.</exception>
    public static KerasFile Read(Hdf5Object root, string file)
    {
        var version = root.Text("keras_version") ?? "1";
        var config = KerasJson.Parse(Encoding.UTF8.GetBytes(root.Text("model_config")!), $"{file}, model_config");
        var model = new KerasTopology(file).ReadLayer(
            MainOf(version) == 1 ? KerasOne.Renamed(config, $"{file}, model_config") : config
        );
        var weights = root.Find("model_weights") ?? root;
        if ((root.Text("backend") ?? weights.Text("backend")) == "theano")
        {
            throw new ModelFileException(
                $"{file} was written by Keras on Theano, which turns the kernels of convolutions round. Load and save it with "
                    + "Keras on TensorFlow."
            );
        }
        return new()
        {
            Name = file,
            Root = model,
            Training = root.Text("training_config") is { } training
                ? KerasJson.Parse(Encoding.UTF8.GetBytes(training), $"{file}, training_config")
                : null,
            Version = MainOf(version),
            VersionText = version,
            Source = $"Keras {version} (HDF5)",
            Tensors = KerasFlatWeights.Of(file, model, (layer, _) => Tensors(weights, file, layer)),
        };
    }

    /// <summary>The main version of a text such as <c>2.11.0</c>; 2 where it is none.</summary>
    public static int MainOf(string version) => int.TryParse(version.Split('.')[0], out var main) ? main : 2;

    /// <summary>The weights of a layer's group, in order; none where there is no such group.</summary>
    /// <param name="weights">The group of all layers.</param>
    /// <param name="file">What errors call the file.</param>
    /// <param name="layer">The layer's name.</param>
    public static ImmutableArray<NamedTensor> Tensors(Hdf5Object weights, string file, string layer)
    {
        if (weights.Find(layer) is not { } group)
        {
            return [];
        }
        var tensors = ImmutableArray.CreateBuilder<NamedTensor>();
        foreach (var name in group.TextsInParts("weight_names") ?? [])
        {
            var dataset =
                group.Find(name)
                ?? throw new ModelFileException(
                    $"{file}: weight {name} of layer {layer} is missing. Copy or save the file again."
                );
            tensors.Add(dataset.Tensor() with { Name = name });
        }
        return tensors.ToImmutable();
    }
}
