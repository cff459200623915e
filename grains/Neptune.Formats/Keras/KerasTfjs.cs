using System.Text.Json;

namespace Neptune.Formats;

/// <summary>Layers models of TensorFlow.js: model.json with a topology, and files of weights beside it.</summary>
internal static class KerasTfjs
{
    private const int MostBytes = 256 << 20;

    /// <summary>Reads one.</summary>
    /// <param name="stream">The JSON.</param>
    /// <param name="file">What errors call it.</param>
    /// <param name="folder">Where the weights lie; null for none.</param>
    /// <exception cref="ModelFileException">It is damaged, or no layers model.</exception>
    public static KerasFile Read(Stream stream, string file, string? folder)
    {
        if (stream.Length > MostBytes)
        {
            throw new ModelFileException(
                $"{file} has {stream.Length} bytes, and at most {MostBytes} of JSON are read."
            );
        }
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        var json = KerasJson.Parse(text, file);
        if (
            json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("modelTopology", out var topology)
            || topology.ValueKind != JsonValueKind.Object
        )
        {
            throw new ModelFileException($"{file} has no modelTopology: it is no layers model of TensorFlow.js.");
        }
        if (topology.TryGetProperty("node", out _))
        {
            throw new ModelFileException(
                $"{file} is a graph model of TensorFlow.js. Give the layers model, or the TensorFlow model it was made of."
            );
        }
        var version = KerasTopology.TextOf(topology, "keras_version") ?? "tfjs";
        var config = topology.TryGetProperty("model_config", out var inner) ? inner : topology;
        var root = new KerasTopology(file).ReadLayer(config);
        var weights = KerasTfjsWeights.Read(json, file, folder);
        var owners = new KerasTfjsOwners(root);
        var training = json.TryGetProperty("trainingConfig", out var own) ? own : default;
        if (topology.TryGetProperty("training_config", out var found))
        {
            training = found;
        }
        return new()
        {
            Name = file,
            Root = root,
            Training = training.ValueKind == JsonValueKind.Object ? training : null,
            Version = KerasHdf5.MainOf(version),
            VersionText = version,
            Source = $"TensorFlow.js layers model (Keras {version})",
            Tensors = KerasFlatWeights.Of(
                file,
                root,
                (layer, _) => [.. weights.Where(w => owners.Of(w.Name).Contains(layer, StringComparer.Ordinal))]
            ),
        };
    }
}
