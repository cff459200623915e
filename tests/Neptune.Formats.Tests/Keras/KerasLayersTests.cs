namespace Neptune.Formats.Tests;

/// <summary>Layer by layer, against TensorFlow.js, and against NumPy for what it does not have.</summary>
public sealed class KerasLayersTests(OneDevice device) : IClassFixture<OneDevice>
{
    private const double Tolerance = 2e-5;

    public static TheoryData<string> Layers => [.. KerasChecks.Names("layers", ".json")];

    public static TheoryData<string> Files =>
        [.. KerasChecks.Names("files", ".h5", ".keras").Where(n => !n.Contains("weights", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Layers))]
    public Task Given_a_layer_when_imported_then_it_gives_what_TensorFlow_js_gives(string file)
    {
        var path = Path.Combine(KerasChecks.Folder, "layers", file);
        return Compare(path, path);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public Task Given_a_layer_in_a_file_of_Keras_when_imported_then_it_gives_what_its_formula_gives(string file)
    {
        var path = Path.Combine(KerasChecks.Folder, "files", file);
        return Compare(
            path,
            $"{Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileNameWithoutExtension(file))}.check.json"
        );
    }

    private async Task Compare(string path, string check)
    {
        var model = ModelFormats.Import(path, new());
        var (inputs, expected) = KerasChecks.Read(check);
        await device.Run(() =>
        {
            var outputs = KerasRunner.Run(device.Device, model, inputs);
            Assert.Equal(expected.Length, outputs.Count);
            Assert.All(
                expected.Zip(outputs),
                pair => Assert.Null(TensorDifference.Of(pair.First, pair.Second, Tolerance, Tolerance))
            );
        });
    }
}
