using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Formats.Tests;

/// <summary>Masked steps: what they give is compared by <see cref="KerasLayersTests"/> (files/masked_*), the rest here.</summary>
public sealed class KerasMaskTests(OneDevice device) : IClassFixture<OneDevice>
{
    private const string Rnn = """ "units": 2 """;
    private const string Both = """
        "layer": {"class_name": "LSTM", "config": {"name": "inner", "units": 2, "return_sequences": true}}
        """;

    [Theory]
    [InlineData("[null, 1025, 3]", "LSTM", Rnn, "LSTM (in layer_1): its input has 1025 masked steps")]
    [InlineData("[null, 5, 3]", "BatchNormalization", "", "its input has masked steps")]
    [InlineData("[null, 5, 3]", "GlobalMaxPooling1D", "", "its input has masked steps")]
    [InlineData("[null, 5, 3]", "AveragePooling1D", """ "pool_size": 2 """, "its input has masked steps")]
    [InlineData("[null, 5, 3]", "Softmax", "", "its input has masked steps")]
    [InlineData("[null, 5, 4, 3]", "GlobalAveragePooling2D", "", "its input has masked steps")]
    public void Given_masked_steps_when_a_layer_cannot_leave_them_out_then_it_is_refused(
        string shape,
        string type,
        string config,
        string reason
    )
    {
        var error = Assert.Throws<UnsupportedOperatorsException>(() =>
            KerasText.ImportChain(shape, ("Masking", ""), (type, config))
        );
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ZeroPadding1D", """ "padding": 1 """)]
    [InlineData("Cropping1D", """ "cropping": [1, 1] """)]
    [InlineData("UpSampling1D", """ "size": 2 """)]
    [InlineData("Rescaling", """ "scale": 2 """)]
    public void Given_masked_steps_when_a_layer_carries_no_mask_on_then_a_recurrent_layer_behind_is_refused(
        string type,
        string config
    )
    {
        var error = Assert.Throws<UnsupportedOperatorsException>(() =>
            KerasText.ImportChain("[null, 5, 3]", ("Masking", ""), (type, config), ("GRU", Rnn))
        );
        Assert.Contains("which ones they are is not known", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.11.0", "Concatenate", """ "axis": 1 """, "which ones they are is not known")]
    [InlineData("3.5.0", "Maximum", "", "it merges masked steps")]
    [InlineData("3.5.0", "Minimum", "", "it merges masked steps")]
    [InlineData("3.5.0", "Multiply", "", "it merges masked steps")]
    public void Given_masked_steps_when_merged_to_others_then_they_are_refused(
        string version,
        string type,
        string config,
        string reason
    )
    {
        var error = Assert.Throws<UnsupportedOperatorsException>(() =>
            KerasText.Import(Merged(type, config, version), new ImportOptions())
        );
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_masked_steps_when_added_then_the_sum_has_their_mask()
    {
        // That no weights are there is found once all layers are known.
        var error = Assert.Throws<ModelFileException>(() =>
            KerasText.Import(Merged("Add", "", "2.11.0"), new ImportOptions())
        );
        Assert.Contains("the file has 0", error.Message, StringComparison.Ordinal);
    }

    private static string Merged(string type, string config, string version)
    {
        var settings = config.Length == 0 ? "" : $", {config}";
        return KerasText.File(
            $$"""
            {"class_name": "Functional", "config": {"name": "merged", "layers": [
                {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 5, 3], "name": "x"}, "inbound_nodes": []},
                {"class_name": "Masking", "name": "m", "config": {"name": "m"}, "inbound_nodes": [[["x", 0, 0, {}]]]},
                {"class_name": "ReLU", "name": "r", "config": {"name": "r"}, "inbound_nodes": [[["m", 0, 0, {}]]]},
                {"class_name": "{{type}}", "name": "a", "config": {"name": "a"{{settings}} }, "inbound_nodes": [[["m", 0, 0, {}], ["r", 0, 0, {}]]]},
                {"class_name": "LSTM", "name": "l", "config": {"name": "l", "units": 2}, "inbound_nodes": [[["a", 0, 0, {}]]]}],
              "input_layers": [["x", 0, 0]], "output_layers": [["l", 0, 0]]} }
            """,
            version: version
        );
    }

    [Fact]
    public void Given_masked_steps_of_no_known_number_when_imported_then_the_error_asks_for_the_shape()
    {
        var error = Assert.Throws<ModelFileException>(() =>
            KerasText.ImportChain("[null, null, 3]", ("Masking", ""), ("SimpleRNN", Rnn))
        );
        Assert.Contains("Give the model's input shape", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_both_directions_over_masked_steps_of_an_old_version_when_imported_then_they_are_refused()
    {
        var json = KerasText
            .Chain("[null, 5, 3]", ("Masking", ""), ("Bidirectional", Both))
            .Replace("2.11.0", "2.3.1", StringComparison.Ordinal);
        var error = Assert.Throws<UnsupportedOperatorsException>(() => KerasText.Import(json, new ImportOptions()));
        Assert.Contains("differ among versions of Keras before 2.4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_mask_that_reaches_the_output_when_imported_then_a_note_says_that_training_differs()
    {
        var model = ModelFormats.Import(Path.Combine(KerasChecks.Folder, "files", "masked_lstm_compiled.keras"), new());
        Assert.Null(model.Training);
        Assert.Contains(model.Notes, n => n.Contains("steps of the output are masked", StringComparison.Ordinal));
    }

    [Fact]
    public Task Given_masked_steps_when_trained_on_then_all_parameters_learn_but_for_the_row_of_the_mask() =>
        device.Run(() =>
        {
            var model = ModelFormats.Import(
                Path.Combine(KerasChecks.Folder, "files", "masked_lstm_dense.keras"),
                new()
            );
            var prepared = FineTuning.Prepare(
                model.Graph,
                model.Weights,
                model.Graph.Inputs[0].Shape.WithoutFirst(),
                new()
                {
                    Optimizer = new Optimizer.Sgd(),
                    Loss = new Loss.MeanSquaredError(),
                    HasClasses = false,
                }
            );
            using var replica = new Replica(device.Device, prepared.Graph, seed: 3, weights: prepared.Weights);
            using var exchange = replica.NewExchangeBuffer();
            float[] numbers = [0, 1, 2, 0, 3, 0, 4, 5, 6, 1, 0, 0];
            replica.ForwardBackward(new(2, numbers) { Targets = new float[4] }, new(1, 0, 0, 0), exchange);
            replica.Apply(exchange.Span);
            var after = replica.ExportWeights();
            Assert.All(
                model.Graph.Parameters,
                p => Assert.NotEqual(model.Weights[p.Name].Floats.ToArray(), after[p.Name].Floats.ToArray())
            );
            const int width = 3;
            var rows = model.Weights.Keys.Single(name => name.StartsWith("embedding", StringComparison.Ordinal));
            Assert.Equal(model.Weights[rows].Floats[..width].ToArray(), after[rows].Floats[..width].ToArray());
        });
}
