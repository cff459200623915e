using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>The small models that <c>make_layers.js</c> and <c>make_files.py</c> made, with inputs and outputs.</summary>
internal static class KerasChecks
{
    /// <summary>Where they lie.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "fixtures", "keras");

    /// <summary>Names of files in a folder there, by their end.</summary>
    public static string[] Names(string folder, params string[] ends) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Folder, folder))
                .Where(path => ends.Any(end => path.EndsWith(end, StringComparison.Ordinal)))
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The inputs and outputs that a file of JSON holds.</summary>
    public static (TensorValue[] Inputs, TensorValue[] Expected) Read(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return (Tensors(json.RootElement, "inputs"), Tensors(json.RootElement, "expected"));
    }

    private static TensorValue[] Tensors(JsonElement json, string name) =>
        [
            .. json.GetProperty(name)
                .EnumerateArray()
                .Select(t => new TensorValue(
                    ElementType.Float32,
                    Shape.Of([.. t.GetProperty("shape").EnumerateArray().Select(n => n.GetInt64())]),
                    t.GetProperty("data").GetBytesFromBase64()
                )),
        ];
}
