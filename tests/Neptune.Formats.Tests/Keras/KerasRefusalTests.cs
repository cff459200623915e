using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>What is not known is refused, all at once and with the layers that use it.</summary>
public sealed class KerasRefusalTests
{
    [Fact]
    public void Given_several_layers_that_are_not_known_when_imported_then_all_are_listed()
    {
        var error = Assert.Throws<UnsupportedOperatorsException>(() =>
            KerasText.ImportChain(
                "[null, 8]",
                ("Lambda", """ "function": "x" """),
                ("Mine", ""),
                ("Activation", """ "activation": "own_function" """),
                ("Lambda", "")
            )
        );
        Assert.Equal(
            [
                "Lambda (in layer_0, layer_3): it runs Python code of its own, which a file does not hold",
                "Mine (in layer_1): the class is not known: it is the user's own, or of a newer version",
            ],
            error.Problems
        );
    }

    [Theory]
    [InlineData(
        "[null, 5, 3]",
        "LSTM",
        """ "units": 2, "stateful": true, "use_bias": false """,
        "stateful layers keep"
    )]
    [InlineData("[null, 5, 3]", "Softmax", """ "axis": [1, 2] """, "several axes")]
    [InlineData("[null, 4]", "BatchNormalization", """ "renorm": true """, "renorm and virtual_batch_size")]
    [InlineData("[null, 4, 5, 6]", "BatchNormalization", """ "axis": 2 """, "axis 2 of an input")]
    [InlineData("[null, 4]", "Dropout", """ "rate": 0.1, "new_setting": 3 """, "its setting new_setting is not known")]
    [InlineData("[null, 4]", "Activation", """ "activation": "sparsemax" """, "the activation sparsemax is not known")]
    [InlineData(
        "[null, 4, 5, 6]",
        "UpSampling2D",
        """ "size": 2, "interpolation": "bicubic" """,
        "interpolation bicubic"
    )]
    [InlineData("[null, 4]", "My>Dense", "", "it is a class of the user's own (My>Dense)")]
    [InlineData("[null, 4]", "TextVectorization", "", "texts and tables are not computed with")]
    public void Given_a_setting_that_is_not_known_when_imported_then_it_is_refused(
        string shape,
        string type,
        string config,
        string reason
    )
    {
        var error = Assert.Throws<UnsupportedOperatorsException>(() => KerasText.ImportChain(shape, (type, config)));
        Assert.Contains(reason, Assert.Single(error.Problems), StringComparison.Ordinal);
        Assert.StartsWith("m.json uses", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[null, 4]", "Dense", """ "units": 0 """, "units is 0, and must be a whole number from 1")]
    [InlineData(
        "[null, 4]",
        "Dense",
        """ "units": 3 """,
        "layer layer_0 has 2 variables by its settings, and the file has 0"
    )]
    [InlineData("[null, 4]", "Dropout", """ "rate": 1.5 """, "rate is 1.5")]
    [InlineData("[null, 4]", "Dropout", """ "rate": "high" """, "rate is \"high\", and must be a real number")]
    [InlineData("[null, 4]", "Permute", """ "dims": [2, 1] """, "dims is (2, 1)")]
    [InlineData("[null, 4]", "Reshape", """ "target_shape": [3] """, "does not reshape")]
    [InlineData("[null, 4, 5]", "MaxPooling2D", """ "pool_size": 2 """, "must have 4 dimensions")]
    [InlineData(
        "[null, 4, 5, 6]",
        "MaxPooling2D",
        """ "pool_size": [2] """,
        "pool_size is [2], and must be 2 whole numbers"
    )]
    [InlineData("[null, 4, 5, 6]", "MaxPooling2D", """ "pool_size": 9 """, "layer layer_0 (MaxPooling2D)")]
    [InlineData("[null, 4, 5, 6]", "MaxPooling2D", """ "pool_size": 2, "padding": "odd" """, "padding is odd")]
    [InlineData("[null, 4, 5, 6]", "MaxPooling2D", """ "pool_size": 2, "data_format": "x" """, "data_format is x")]
    [InlineData("[null, -4]", "Flatten", "", "the input's shape has the length -4")]
    [InlineData("null", "Flatten", "", "the file does not say the input's shape")]
    public void Given_a_setting_that_cannot_be_when_imported_then_the_error_names_it(
        string shape,
        string type,
        string config,
        string reason
    )
    {
        var error = Assert.Throws<ModelFileException>(() => KerasText.ImportChain(shape, (type, config)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("m.json", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is no JSON")]
    [InlineData("{}", "has no modelTopology")]
    [InlineData("""{"modelTopology": {"node": []}}""", "is a graph model of TensorFlow.js")]
    [InlineData("""{"modelTopology": {"class_name": "Sequential", "config": {"layers": []}}}""", "has no layers")]
    [InlineData("""{"modelTopology": {"config": {}}}""", "has no class_name")]
    [InlineData("""{"modelTopology": {"class_name": "Functional", "config": {"layers": []}}}""", "has no input_layers")]
    public void Given_a_text_that_is_no_model_when_imported_then_the_error_says_so(string json, string reason)
    {
        var error = Assert.Throws<ModelFileException>(() => KerasText.Import(json, new ImportOptions()));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"dtype": "uint4", "scale": 0.1, "min": 0}""",
        "weight a/kernel is stored as uint4, which is not known"
    )]
    [InlineData("""{"dtype": "uint8", "scale": 0.1}""", "weight a/kernel is quantized without a number for min")]
    [InlineData("8", "weight a/kernel is stored as nothing that is said")]
    public void Given_weights_quantized_in_no_known_way_when_imported_then_the_error_says_why(
        string quantization,
        string reason
    )
    {
        var json = KerasText
            .Chain("[null, 4]", ("Flatten", ""))
            .WithWeights(
                $$"""
                {"paths": [], "weights": [{"name": "a/kernel", "shape": [4], "dtype": "float32",
                    "quantization": {{quantization}}}]}
                """
            );
        var error = Assert.Throws<ModelFileException>(() => KerasText.Import(json, new ImportOptions()));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../w.bin", "is no name of a file in the same folder")]
    [InlineData("/etc/passwd", "is no name of a file in the same folder")]
    [InlineData("missing.bin", "the file of weights missing.bin is missing")]
    public void Given_weights_outside_of_the_folder_when_imported_then_they_are_refused(string path, string reason)
    {
        var json = KerasText
            .Chain("[null, 4]", ("Dense", """ "units": 1, "use_bias": false """))
            .WithWeights(
                $$"""
                {"paths": ["{{path}}"], "weights": [{"name": "layer_0/kernel", "shape": [4, 1], "dtype": "float32"}]}
                """
            );
        var error = Assert.Throws<ModelFileException>(() => KerasText.ImportFrom(Path.GetTempPath(), json));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_ring_of_layers_when_imported_then_it_is_refused()
    {
        const string model = """
            {"class_name": "Functional", "config": {"name": "ring", "layers": [
                {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 4], "name": "x"}, "inbound_nodes": []},
                {"class_name": "Add", "name": "a", "config": {"name": "a"}, "inbound_nodes": [[["x", 0, 0, {}], ["b", 0, 0, {}]]]},
                {"class_name": "Activation", "name": "b", "config": {"name": "b"}, "inbound_nodes": [[["a", 0, 0, {}]]]}],
              "input_layers": [["x", 0, 0]], "output_layers": [["b", 0, 0]]}}
            """;
        var error = Assert.Throws<ModelFileException>(() =>
            KerasText.Import(KerasText.File(model), new ImportOptions())
        );
        Assert.Contains("layer a is called on x", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_no_shape_in_the_file_when_one_is_given_then_the_model_takes_it()
    {
        var json = KerasText.Chain("null", ("Flatten", ""));
        var graph = KerasText.Import(json, new ImportOptions { InputShape = Shape.Of(4, 5) }).Graph;
        Assert.Equal(Shape.OfBatch(4, 5), graph.Inputs[0].Shape);
        Assert.Equal(Shape.OfBatch(20), graph.Outputs[0].Shape);
    }
}
