namespace Neptune.Formats.Tests;

/// <summary>Imports nets and solvers that a test writes out.</summary>
internal static class CaffeTexts
{
    /// <summary>A net as text, and weights where a test has some.</summary>
    public static ImportedModel Import(string net, CaffeFile? weights = null, ImportOptions? options = null) =>
        new CaffeImport
        {
            Net = CaffeReader.ReadNet(net, "net.prototxt"),
            Weights = weights is null ? null : CaffeReader.ReadWeights(weights.ToArray(), "net.caffemodel"),
            Options = options ?? new(),
        }.Run();

    /// <summary>Layers behind an input called data of those lengths.</summary>
    public static string Net(string lengths, string layers) =>
        $"layer {{ name: 'data' type: 'Input' top: 'data' input_param {{ shape {{ {Dims(lengths)} }} }} }}\n{layers}";

    /// <summary>A layer that reads data and makes y.</summary>
    public static string Layer(string type, string settings = "") =>
        $"layer {{ name: 'y' type: '{type}' bottom: 'data' top: 'y' {settings} }}";

    /// <summary>Files in a new folder, of which the first is imported.</summary>
    public static ImportedModel ImportFiles(ImportOptions options, params (string Name, string Text)[] files)
    {
        using var folder = new CaffeFolder(files);
        return ModelFormats.Import(Path.Combine(folder.Path, files[0].Name), options);
    }

    private static string Dims(string lengths) =>
        string.Join(' ', lengths.Split(',').Select(length => $"dim: {length}"));
}
