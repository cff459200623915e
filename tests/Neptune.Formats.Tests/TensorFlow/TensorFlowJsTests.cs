using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Graph models of TensorFlow.js that were written for the test.</summary>
public sealed class TensorFlowJsTests(OneDevice device) : IClassFixture<OneDevice>, IDisposable
{
    private const string Topology = """
        {"node":[
          {"name":"x","op":"Placeholder","attr":{"dtype":{"type":"DT_FLOAT"},"shape":{"shape":{"dim":[{"size":"-1"},{"size":"2"}]}}}},
          {"name":"w","op":"Const","attr":{"dtype":{"type":"DT_FLOAT"},"value":{"tensor":{"dtype":"DT_FLOAT","tensorShape":{"dim":[{"size":"2"},{"size":"2"}]}}}}},
          {"name":"b","op":"Const","attr":{"dtype":{"type":"DT_FLOAT"}}},
          {"name":"Identity","op":"_FusedMatMul","input":["x","w","b"],"attr":{"fused_ops":{"list":{"s":["Qmlhc0FkZA==","UmVsdQ=="]}},"transpose_b":{"b":true},"num_args":{"i":"1"}}}
        ],"versions":{"producer":1087}}
        """;

    private readonly string _outside = Directory.CreateTempSubdirectory("neptune-tfjs-").FullName;

    private string Inside => Directory.CreateDirectory(Path.Combine(_outside, "model")).FullName;

    private string ModelPath => Path.Combine(Inside, "model.json");

    public void Dispose() => Directory.Delete(_outside, recursive: true);

    [Theory]
    [InlineData("""{"name":"w","shape":[2,2],"dtype":"float32"}""", "0000803F0000004000004040000080C0")]
    [InlineData(
        """{"name":"w","shape":[2,2],"dtype":"float32","quantization":{"dtype":"float16"}}""",
        "003C0040004200C4"
    )]
    [InlineData(
        """{"name":"w","shape":[2,2],"dtype":"float32","quantization":{"dtype":"uint8","min":-4,"scale":0.5}}""",
        "0A0C0E00"
    )]
    [InlineData(
        """{"name":"w","shape":[2,2],"dtype":"float32","quantization":{"dtype":"uint16","min":-4,"scale":0.5}}""",
        "0A000C000E000000"
    )]
    public async Task Given_weights_in_any_form_when_imported_then_the_model_gives_what_it_should(
        string weight,
        string bytes
    )
    {
        byte[] all = [.. Convert.FromHexString(bytes), .. MemoryMarshal.AsBytes<float>([0.5f, 1])];
        Write(
            Topology,
            $$$"""[{"paths":["a.bin","b.bin"],"weights":[{{{weight}}},{"name":"b","shape":[2],"dtype":"float32"}]}]"""
        );
        File.WriteAllBytes(Path.Combine(Inside, "a.bin"), all[..5]);
        File.WriteAllBytes(Path.Combine(Inside, "b.bin"), all[5..]);
        var model = ModelFormats.Import(ModelPath, new());
        Assert.Equal("TensorFlow.js graph model (test 1.0)", model.Source);
        Assert.Equal(["probability"], model.Graph.Outputs.Select(o => o.Name));
        await device.Run(() =>
        {
            var y = TensorFlowRun.Of(device, model, ("x", TensorValue.Of(Shape.Of(1, 2), [1, 2])))[0].Floats;
            Assert.Equal([5.5f, 0], y.ToArray()); // 1 + 4 + 0.5, and 3 - 8 + 1
        });
    }

    [Theory]
    [InlineData("""[{"paths":["../a.bin"],"weights":[]}]""", "leads out of the model's folder")]
    [InlineData("""[{"paths":["none.bin"],"weights":[]}]""", "none.bin is missing")]
    [InlineData(
        """[{"paths":[],"weights":[{"name":"w","shape":[2,2],"dtype":"float32"}]}]""",
        "weight w should have 16 bytes, and 0 are left"
    )]
    [InlineData(
        """[{"paths":[],"weights":[{"name":"w","shape":[-2],"dtype":"float32"}]}]""",
        "weight w has a negative length"
    )]
    [InlineData("""[{"paths":[],"weights":[{"name":"w","shape":[],"dtype":"float99"}]}]""", "weight w is of float99")]
    [InlineData("{", "The file is damaged")]
    public void Given_a_model_that_is_not_sound_when_imported_then_the_error_says_why(string manifest, string expected)
    {
        Write(Topology, manifest);
        File.WriteAllBytes(Path.Combine(_outside, "a.bin"), []);
        var error = Assert.ThrowsAny<ModelFileException>(() => ModelFormats.Import(ModelPath, new()));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_graph_of_an_old_converter_when_imported_then_its_weights_are_those_beside_it()
    {
        var path = Path.Combine(Inside, "tensorflowjs_model.pb");
        var stripped = new ProtobufWriter().Int64(1, 1).Message(2, TensorFlowGraphWriter.Lengths(2, 2));
        File.WriteAllBytes(
            path,
            new TensorFlowGraphWriter()
                .Placeholder("x", -1, 2)
                .Const("w", stripped)
                .Node("MatMul", "y", "x w")
                .Graph()
                .ToArray()
        );
        var alone = Assert.ThrowsAny<ModelFileException>(() => ModelFormats.Import(path, new()));
        Assert.Contains("Put weights_manifest.json", alone.Message, StringComparison.Ordinal);

        File.WriteAllText(
            Path.Combine(Inside, "weights_manifest.json"),
            """[{"paths":["group1-shard1of1"],"weights":[{"name":"w","shape":[2,2],"dtype":"float32"}]}]"""
        );
        File.WriteAllBytes(
            Path.Combine(Inside, "group1-shard1of1"),
            MemoryMarshal.AsBytes<float>([1, 2, 3, -4]).ToArray()
        );
        var model = ModelFormats.Import(path, new());
        await device.Run(() =>
        {
            var y = TensorFlowRun.Of(device, model, ("x", TensorValue.Of(Shape.Of(1, 2), [1, 2])))[0].Floats;
            Assert.Equal([7f, -6], y.ToArray());
        });
    }

    [Fact]
    public void Given_the_format_behind_the_graph_when_recognized_then_it_is_found_all_the_same()
    {
        File.WriteAllText(
            ModelPath,
            $$$"""{"modelTopology":{"filler":"{{{new string('a', 9000)}}}"},"format":"graph-model"}"""
        );
        Assert.IsType<TensorFlowFormat>(ModelFormats.Of(ModelPath));
        File.WriteAllText(ModelPath, """{"format":"layers-model","modelTopology":{}}""");
        Assert.False(new TensorFlowFormat().Recognizes(ModelPath, File.ReadAllBytes(ModelPath)));
    }

    /// <summary>A whole model whose weights have 24 bytes.</summary>
    internal static string Model =>
        Json(
            Topology,
            """
            [{"paths":["a.bin"],"weights":[{"name":"w","shape":[2,2],"dtype":"float32"},{"name":"b","shape":[2],"dtype":"float32"}]}]
            """
        );

    private void Write(string topology, string manifest) => File.WriteAllText(ModelPath, Json(topology, manifest));

    private static string Json(string topology, string manifest) =>
        """
            {"format":"graph-model","convertedBy":"test 1.0","modelTopology":TOPOLOGY,"weightsManifest":MANIFEST,
             "signature":{"inputs":{"x":{"name":"x:0","dtype":"DT_FLOAT","tensorShape":{"dim":[{"size":"-1"},{"size":"2"}]}}},
                          "outputs":{"probability":{"name":"Identity:0"}}}}
            """.Replace("TOPOLOGY", topology, StringComparison.Ordinal).Replace(
            "MANIFEST",
            manifest,
            StringComparison.Ordinal
        );
}
