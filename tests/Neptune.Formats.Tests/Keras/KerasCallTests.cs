using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>What a call says beside its inputs.</summary>
public sealed class KerasCallTests
{
    [Fact]
    public void Given_a_call_with_training_false_when_imported_then_nothing_in_it_acts_in_training()
    {
        var model = KerasText.Import(Nested("""{"training": false}"""), new ImportOptions());
        Assert.DoesNotContain(model.Graph.Operations, o => o.Type == "Dropout");
        Assert.Empty(model.Notes);
    }

    [Fact]
    public void Given_a_plain_call_when_imported_then_layers_act_in_training()
    {
        var model = KerasText.Import(Nested("{}"), new ImportOptions());
        Assert.Contains(model.Graph.Operations, o => o.Type == "Dropout");
        Assert.Contains(
            "layer inner.noise (GaussianNoise) adds noise",
            Assert.Single(model.Notes),
            StringComparison.Ordinal
        );
    }

    // Keras 3 counts the calls of a model inside from 0, but from 1 where it is an output.
    [Fact]
    public void Given_a_model_inside_that_is_read_and_is_an_output_when_imported_then_both_are_its_first_call()
    {
        var json = Nested("{}")
            .Replace(
                "\"output_layers\": [[\"inner\", 1, 0]]",
                "\"output_layers\": [[\"inner\", 1, 0], [\"z\", 0, 0]]",
                StringComparison.Ordinal
            )
            .Replace(
                "\"outer\", \"layers\": [",
                """
                "outer", "layers": [{"class_name": "Activation", "name": "z", "config": {"name": "z", "activation": "relu"},
                    "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["inner", 0, 0]}}], "kwargs": {}}]},
                """,
                StringComparison.Ordinal
            );
        var graph = KerasText.Import(json, new ImportOptions()).Graph;
        Assert.Equal(["inner.y", "z"], graph.Outputs.Select(o => o.Name));
        Assert.Equal(["inner.y"], graph.Operations.Single(o => o.Name == "z").Inputs);
    }

    [Fact]
    public void Given_a_call_with_training_true_when_imported_then_it_is_refused()
    {
        var error = Assert.Throws<UnsupportedOperatorsException>(() =>
            KerasText.Import(Nested("""{"training": true}"""), new ImportOptions())
        );
        Assert.Contains("(in inner): it is called with training=True", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_call_with_a_mask_when_imported_then_it_is_refused()
    {
        var error = Assert.Throws<UnsupportedOperatorsException>(() =>
            KerasText.Import(Nested("""{"mask": ["x", 0, 0]}"""), new ImportOptions())
        );
        Assert.Contains("it is called with mask, which is not known", error.Message, StringComparison.Ordinal);
    }

    private static string Nested(string settings)
    {
        const string input =
            """{"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 4], "name": "x"}, "inbound_nodes": []}""";
        var inner = $$$"""
            {"class_name": "Functional", "name": "inner", "config": {"name": "inner", "layers": [
                {{{input}}},
                {"class_name": "Dropout", "name": "drop", "config": {"name": "drop", "rate": 0.5}, "inbound_nodes": [[["x", 0, 0, {}]]]},
                {"class_name": "GaussianNoise", "name": "noise", "config": {"name": "noise", "stddev": 0.5}, "inbound_nodes": [[["drop", 0, 0, {}]]]},
                {"class_name": "Softmax", "name": "y", "config": {"name": "y"}, "inbound_nodes": [[["noise", 0, 0, {}]]]}],
              "input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}, "inbound_nodes": [[["x", 0, 0, {{{settings}}}]]]}
            """;
        return KerasText.File(
            $$$"""
            {"class_name": "Functional", "config": {"name": "outer", "layers": [{{{input}}}, {{{inner}}}],
              "input_layers": [["x", 0, 0]], "output_layers": [["inner", 1, 0]]}}
            """
        );
    }
}
