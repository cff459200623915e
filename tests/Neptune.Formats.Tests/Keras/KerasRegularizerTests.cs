using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Regularizers and layers that are not trained, on a model whose weights lie beside it.</summary>
public sealed class KerasRegularizerTests
{
    [Fact]
    public void Given_regularizers_when_imported_then_gradients_get_what_the_loss_would_give_them()
    {
        var model = Import(
            """ "kernel_regularizer": {"class_name": "L2", "config": {"l2": 0.25}}, "bias_regularizer": {"class_name": "L1L2", "config": {"l1": 0.5, "l2": 0.125}} """
        );
        Assert.Equal(new ParameterUpdate(L2: 0.5f), model.Training!.Updates["y.weight"]);
        Assert.Equal(new ParameterUpdate(L1: 0.5f, L2: 0.25f), model.Training.Updates["y.bias"]);
    }

    [Fact]
    public void Given_a_layer_that_is_not_trained_when_imported_then_its_parameters_are_not() =>
        Assert.All(Import(""" "trainable": false """).Graph.Parameters, p => Assert.False(p.Trainable));

    [Fact]
    public void Given_a_constraint_when_imported_then_a_note_says_that_training_would_differ()
    {
        var model = Import(""" "kernel_constraint": {"class_name": "MaxNorm", "config": {"max_value": 2}} """);
        Assert.Null(model.Training);
        Assert.Contains("kernel_constraint", Assert.Single(model.Notes), StringComparison.Ordinal);
    }

    private static ImportedModel Import(string settings)
    {
        var folder = Directory.CreateTempSubdirectory("keras-");
        try
        {
            File.WriteAllBytes(Path.Combine(folder.FullName, "w.bin"), new byte[4 * 10]);
            var json = KerasText
                .Chain("[null, 4]")
                .Replace(
                    "]} }",
                    ", {\"class_name\": \"Dense\", \"config\": {\"name\": \"y\", \"units\": 2, " + settings + "}}]} }",
                    StringComparison.Ordinal
                )
                .WithWeights(
                    """
                    {"paths": ["w.bin"], "weights": [
                        {"name": "y/kernel", "shape": [4, 2], "dtype": "float32"}, {"name": "y/bias", "shape": [2], "dtype": "float32"}]}
                    """
                );
            return KerasText.ImportFrom(folder.FullName, json);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
