using System.Text;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Models of TensorFlow.js that tests write themselves, in memory, without weights.</summary>
internal static class KerasText
{
    /// <summary>Imports a chain of layers, each a text of JSON: class and settings.</summary>
    public static ImportedModel ImportChain(string shape, params (string Class, string Config)[] layers) =>
        Import(Chain(shape, layers), new());

    /// <summary>Imports the text of a file.</summary>
    public static ImportedModel Import(string json, ImportOptions options)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return KerasFormat.Import(stream, "m.json", null, options);
    }

    /// <summary>A chain of layers as a file.</summary>
    public static string Chain(string shape, params (string Class, string Config)[] layers)
    {
        var input = $$"""{"class_name": "InputLayer", "config": {"batch_input_shape": {{shape}}, "name": "x"} }""";
        var others = layers.Select((l, i) => Layer(l.Class, $"layer_{i}", l.Config));
        return File(
            $$"""{"class_name": "Sequential", "config": {"name": "chain", "layers": [{{string.Join(", ", others.Prepend(input))}}]} }"""
        );
    }

    /// <summary>A model as a file.</summary>
    public static string File(string model, string training = "null", string version = "2.11.0") =>
        $$"""
            {"format": "layers-model", "modelTopology": {"keras_version": "{{version}}", "model_config": {{model}},
             "training_config": {{training}}}, "weightsManifest": [] }
            """;

    /// <summary>A file with groups of weights: the elements of its manifest, as JSON.</summary>
    public static string WithWeights(this string file, string groups) =>
        file.Replace("\"weightsManifest\": []", $"\"weightsManifest\": [{groups}]", StringComparison.Ordinal);

    /// <summary>Imports the text of a file whose weights lie in a folder.</summary>
    public static ImportedModel ImportFrom(string folder, string json)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return KerasFormat.Import(stream, "m.json", folder, new());
    }

    private static string Layer(string type, string name, string config) =>
        $$"""{"class_name": "{{type}}", "config": {"name": "{{name}}"{{(config.Length == 0 ? "" : ",")}}{{config}} } }""";
}
