using System.Text.Json;

namespace Neptune.Cli.Tests;

public class QuickstartTests(TrainedCluster trained) : IClassFixture<TrainedCluster>
{
    [Fact]
    public void Given_digits_when_quickstart_ends_then_it_has_learnt_them()
    {
        var done = trained.Quickstart.Last;
        Assert.Equal("done", done.GetProperty("event").GetString());
        Assert.Equal(1, done.GetProperty("nodes").GetInt32());
        Assert.InRange(done.GetProperty("testAccuracy").GetDouble(), 0.95, 1);
        Assert.Equal("my-model", done.GetProperty("endpoint").GetString());
        var predictions = done.GetProperty("predictions").EnumerateArray().ToList();
        Assert.Equal(10, predictions.Count);
        var right = predictions.Count(p => p.GetProperty("truth").GetString() == p.GetProperty("label").GetString());
        Assert.InRange(right, 8, 10);
        Assert.True(File.Exists(done.GetProperty("package").GetString()));
    }

    [Fact]
    public void Given_json_when_quickstart_runs_then_each_line_of_standard_output_is_one_object()
    {
        var events = trained
            .Quickstart.Lines.Select(l => JsonElement.Parse(l).GetProperty("event").GetString())
            .ToList();
        Assert.Equal("submitted", events[0]);
        Assert.Contains("generation", events);
        Assert.Equal(50, events.Count(e => e == "epoch"));
    }

    [Fact]
    public async Task Given_three_nodes_when_quickstart_runs_then_the_weights_are_those_of_one_node()
    {
        using var folder = new TemporaryFolder();
        var three = (await NeptuneProcess.RunAsync(folder.Path, "quickstart", "--json", "--nodes", "3"))
            .Succeeded()
            .Last;
        Assert.Equal(3, three.GetProperty("nodes").GetInt32());
        Assert.Equal(
            trained.Quickstart.Last.GetProperty("weightsSha256").GetString(),
            three.GetProperty("weightsSha256").GetString()
        );
    }

    [Fact]
    public async Task Given_a_deployment_when_another_process_asks_it_then_it_answers_for_pictures_and_values()
    {
        using var folder = new TemporaryFolder();
        var values = folder.Write(
            "two.csv",
            $"{string.Join(',', Enumerable.Repeat(0, 64))}\n{string.Join(' ', Enumerable.Repeat("1.5", 64))}\n"
        );
        var (digit, truth) = trained.Digit;
        var asked = await NeptuneProcess.RunAsync(
            trained.Path,
            "predict",
            "my-model",
            "--json",
            "--input",
            digit,
            "--input",
            values
        );
        var answers = asked.Succeeded().Lines.Select(l => JsonElement.Parse(l)).ToList();
        Assert.Equal(4, answers.Count);
        Assert.Equal(truth, answers[0].GetProperty("label").GetString());
        Assert.InRange(answers[0].GetProperty("probability").GetDouble(), 0.5, 1);
        Assert.EndsWith("two.csv:2", answers[2].GetProperty("input").GetString());
        Assert.Equal(3, answers[3].GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Given_a_trained_model_when_shown_and_evaluated_then_it_names_layers_lineage_and_the_same_accuracy()
    {
        var shown = (await NeptuneProcess.RunAsync(trained.Path, "models", "show", "quickstart@latest", "--json"))
            .Succeeded()
            .Last;
        Assert.Equal(8970, shown.GetProperty("parameterCount").GetInt64());
        Assert.Equal(42, shown.GetProperty("seed").GetInt32());
        var evaluated = await NeptuneProcess.RunAsync(
            trained.Path,
            "evaluate",
            "quickstart",
            "--data",
            "digits:test",
            "--json"
        );
        Assert.Equal(
            trained.Quickstart.Last.GetProperty("testAccuracy").GetDouble(),
            evaluated.Succeeded().Last.GetProperty("testAccuracy").GetDouble()
        );
    }

    [Fact]
    public async Task Given_a_corrupt_picture_when_predicting_then_the_error_names_it()
    {
        using var folder = new TemporaryFolder();
        var picture = folder.Write("broken.png", "this is no picture");
        var failed = await NeptuneProcess.RunAsync(trained.Path, "predict", "my-model", "--input", picture);
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("broken.png", failed.Errors);
        Assert.Empty(failed.Lines);
        Assert.Single(failed.Errors.Trim().Split('\n'));
    }

    [Fact]
    public async Task Given_a_misspelt_deployment_when_predicting_then_the_nearest_is_offered()
    {
        var failed = await NeptuneProcess.RunAsync(trained.Path, "predict", "my-modle", "--input", trained.Digit.Path);
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("Did you mean my-model?", failed.Errors);
    }
}
