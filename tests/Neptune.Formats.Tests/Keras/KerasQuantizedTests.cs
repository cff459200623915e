using System.Text;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Layers models of TensorFlow.js whose weights are stored in fewer bits.</summary>
public sealed class KerasQuantizedTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-tfjs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("""{"dtype": "uint8", "min": -4, "scale": 0.5}""", "0A0C0E00")]
    [InlineData("""{"dtype": "uint16", "min": -4, "scale": 0.5}""", "0A000C000E000000")]
    [InlineData("""{"dtype": "float16"}""", "003C0040004200C4")]
    public void Given_weights_in_fewer_bits_when_imported_then_they_are_what_they_stand_for(
        string quantization,
        string bytes
    )
    {
        File.WriteAllBytes(Path.Combine(_folder, "w.bin"), Convert.FromHexString(bytes));
        var json = KerasText
            .Chain("[null, 4]", ("Dense", """ "units": 1, "use_bias": false """))
            .Replace(
                "\"weightsManifest\": []",
                $$"""
                "weightsManifest": [{"paths": ["w.bin"], "weights": [{"name": "layer_0/kernel", "shape": [4, 1],
                    "dtype": "float32", "quantization": {{quantization}}}]}]
                """,
                StringComparison.Ordinal
            );
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        var model = KerasFormat.Import(stream, "m.json", _folder, new());
        Assert.Equal([1f, 2, 3, -4], Assert.Single(model.Weights).Value.Floats.ToArray());
    }
}
