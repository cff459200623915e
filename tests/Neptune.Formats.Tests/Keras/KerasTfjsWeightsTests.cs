using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Files of weights of TensorFlow.js layers models: in fewer bits, and by names of all kinds.</summary>
public sealed class KerasTfjsWeightsTests : IDisposable
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
            .WithWeights(
                $$"""
                {"paths": ["w.bin"], "weights": [{"name": "layer_0/kernel", "shape": [4, 1],
                    "dtype": "float32", "quantization": {{quantization}}}]}
                """
            );
        var model = KerasText.ImportFrom(_folder, json);
        Assert.Equal([1f, 2, 3, -4], Assert.Single(model.Weights).Value.Floats.ToArray());
    }

    [Theory]
    [InlineData("a", "b", "chain/a/kernel", "chain/b/kernel")] // as Keras 3 names them
    [InlineData("a", "a/b", "a/kernel", "a/b/kernel")]
    [InlineData("block/expand", "block", "block/expand/kernel", "block/kernel")]
    public void Given_weights_by_names_with_slashes_when_imported_then_each_layer_has_its_own(
        string first,
        string second,
        string firstWeight,
        string secondWeight
    )
    {
        File.WriteAllBytes(Path.Combine(_folder, "w.bin"), MemoryMarshal.AsBytes<float>([5, 1, 2]).ToArray());
        var json = KerasText
            .Chain(
                "[null, 2]",
                ("Dense", """ "units": 1, "use_bias": false """),
                ("Dense", """ "units": 1, "use_bias": false """)
            )
            .Replace("\"layer_0\"", $"\"{first}\"", StringComparison.Ordinal)
            .Replace("\"layer_1\"", $"\"{second}\"", StringComparison.Ordinal)
            .WithWeights(
                $$"""
                {"paths": ["w.bin"], "weights": [
                    {"name": "{{secondWeight}}", "shape": [1, 1], "dtype": "float32"},
                    {"name": "{{firstWeight}}", "shape": [2, 1], "dtype": "float32"}]}
                """
            );
        var model = KerasText.ImportFrom(_folder, json);
        Assert.Equal(
            [
                [1f, 2],
                [5f],
            ],
            model.Graph.Parameters.Select(p => model.Weights[p.Name].Floats.ToArray())
        );
    }
}
