using System.Text.Json;

namespace Neptune.Cli.Tests;

/// <summary>A model of PyTorch, written by its ONNX exporter, with inputs and outputs that PyTorch gave.</summary>
public sealed class ImportedModelTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public async ValueTask InitializeAsync() =>
        (await RunAsync("models", "import", File("mlp_bn.onnx"), "--name", "mlp", "--license", "MIT")).Succeeded();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Given_an_imported_model_when_shown_verified_deployed_and_exported_then_it_is_what_it_was()
    {
        var shown = (await RunAsync("models", "show", "mlp", "--json")).Succeeded().Last;
        Assert.Equal("mlp_bn.onnx", shown.GetProperty("origin").GetProperty("file").GetString());
        Assert.StartsWith("ONNX opset 13", shown.GetProperty("origin").GetProperty("format").GetString());
        Assert.Equal("MIT", shown.GetProperty("origin").GetProperty("license").GetString());
        Assert.True(shown.GetProperty("flopsPerSample").GetDouble() > 30_000);

        string[] given = ["--input", File("input.npy"), "--expected", File("expected.npy"), "--json"];
        var verified = (await RunAsync(["models", "verify", "mlp", .. given])).Succeeded().Last;
        Assert.True(verified.GetProperty("difference").GetDouble() <= 1e-4);

        string[] swapped = ["--input", File("input.npy"), "--expected", File("input.npy")];
        Assert.Contains("and (32, 64) is expected", (await RunAsync(["models", "verify", "mlp", .. swapped])).Errors);
        var strict = await RunAsync(["models", "verify", "mlp", .. given, "--tolerance", "0"]);
        Assert.Equal(1, strict.ExitCode);
        Assert.Contains("gives other values than expected", strict.Errors);

        var exported = System.IO.Path.Combine(_folder.Path, "again.onnx");
        (await RunAsync("models", "export", "mlp", "--format", "onnx", "--output", exported)).Succeeded();
        var again = (await RunAsync("models", "import", exported, "--json")).Succeeded().Last;
        Assert.Equal("again", again.GetProperty("model").GetString());
        (await RunAsync(["models", "verify", "again", .. given])).Succeeded();

        (await RunAsync("deploy", "mlp", "--name", "digits")).Succeeded();
        var sample = System.IO.Path.Combine(_folder.Path, "sample.csv");
        await System.IO.File.WriteAllTextAsync(
            sample,
            string.Join(',', Enumerable.Repeat("0.5", 64)),
            TestContext.Current.CancellationToken
        );
        var answer = (await RunAsync("predict", "digits", "--input", sample, "--json")).Succeeded();
        Assert.Equal(10, JsonElement.Parse(answer.Lines[0]).GetProperty("outputs").GetArrayLength());
    }

    [Theory]
    [InlineData("onnx")]
    [InlineData("package")]
    public async Task Given_a_model_with_batch_normalizations_when_exported_optimized_then_they_are_folded(
        string format
    )
    {
        var path = System.IO.Path.Combine(_folder.Path, $"folded.{format}");
        string[] export = ["models", "export", "mlp", "--format", format, "--output", path, "--optimize", "--json"];
        var exported = (await RunAsync(export)).Succeeded().Last;
        Assert.Equal(2, exported.GetProperty("batchNormalizations").GetInt32());
        Assert.InRange(exported.GetProperty("largestDifference").GetDouble(), 0, 1e-4);
        if (format == "onnx")
        {
            var again = (await RunAsync("models", "import", path, "--json")).Succeeded().Last;
            Assert.Equal(5, again.GetProperty("operations").GetInt32());
            string[] given = ["--input", File("input.npy"), "--expected", File("expected.npy")];
            (await RunAsync(["models", "verify", "folded", .. given])).Succeeded();
        }
    }

    [Fact]
    public async Task Given_a_tolerance_that_rounding_exceeds_when_exported_optimized_then_nothing_is_written()
    {
        var path = System.IO.Path.Combine(_folder.Path, "folded.onnx");
        string[] export = ["models", "export", "mlp", "--output", path, "--optimize", "--format"];
        var refused = await RunAsync([.. export, "onnx", "--tolerance", "0"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("answers otherwise", refused.Errors, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(path));
        var weights = await RunAsync([.. export, "safetensors"]);
        Assert.Contains("Use onnx or package", weights.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_weights_alone_when_put_onto_an_imported_graph_then_they_answer_as_the_framework_does()
    {
        string[] given = ["--input", File("input.npy"), "--expected", File("expected.npy")];
        foreach (var weights in (string[])["mlp_bn.state_dict.pt", "mlp_bn.safetensors"])
        {
            (await RunAsync("models", "import", File(weights), "--graph", "mlp", "--name", "filled")).Succeeded();
            (await RunAsync(["models", "verify", "filled", .. given])).Succeeded();
        }
        var alone = await RunAsync("models", "import", File("mlp_bn.state_dict.pt"));
        Assert.Equal(1, alone.ExitCode);
        Assert.Contains("Give the graph", alone.Errors);
    }

    [Fact]
    public async Task Given_a_model_taken_as_a_whole_when_used_then_it_answers_and_is_not_trained_or_exported_as_onnx()
    {
        string[] import = ["models", "import", File("whole.scripted.pt"), "--name", "whole", "--input-shape", "6"];
        var refused = await RunAsync(import);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--opaque", refused.Errors, StringComparison.Ordinal);
        var imported = (await RunAsync([.. import, "--opaque", "--json"])).Succeeded().Last;
        Assert.Equal("output_1: Int64 (N,)", imported.GetProperty("outputs")[1].GetString());

        string[] expected = ["--expected", File("whole.expected0.npy"), $"output_1={File("whole.expected1.npy")}"];
        (await RunAsync(["models", "verify", "whole", "--input", File("whole.input.npy"), .. expected])).Succeeded();
        var shown = (await RunAsync("models", "show", "whole", "--json")).Succeeded().Last;
        Assert.Equal("TorchScript (as a whole)", shown.GetProperty("origin").GetProperty("format").GetString());

        var onnx = await RunAsync("models", "export", "whole", "--format", "onnx");
        Assert.Contains("Export it as a package", onnx.Errors, StringComparison.Ordinal);

        string[] single = ["models", "import", File("unsupported.traced.pt"), "--name", "single", "--input-shape", "4"];
        (await RunAsync([.. single, "--opaque"])).Succeeded();
        (await RunAsync("deploy", "single", "--name", "single")).Succeeded();
        var sample = System.IO.Path.Combine(_folder.Path, "sample.csv");
        await System.IO.File.WriteAllTextAsync(sample, "1,2,3,4", TestContext.Current.CancellationToken);
        var answer = (await RunAsync("predict", "single", "--input", sample, "--json")).Succeeded();
        Assert.Equal(1, JsonElement.Parse(answer.Lines[0]).GetProperty("outputs").GetArrayLength());
        var untrained = await RunAsync("train", "--model", "single@1", "--data", "digits", "--epochs", "1");
        Assert.Contains("answers and cannot be trained", untrained.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData()]
    [InlineData("--freeze", "*.0.*", "--reset-head", "10")]
    public async Task Given_an_imported_model_when_trained_on_then_any_number_of_nodes_gives_the_same_bits(
        params string[] changes
    )
    {
        string[] train =
        [
            "train",
            "--model",
            "mlp@1",
            "--data",
            "digits",
            "--epochs",
            "4",
            "--optimizer",
            "adam:0.01",
            .. changes,
            "--json",
        ];
        var one = (await RunAsync([.. train, "--nodes", "1"])).Succeeded().Last;
        var three = (await RunAsync([.. train, "--nodes", "3"])).Succeeded().Last;
        Assert.Equal(one.GetProperty("weightsSha256").GetString(), three.GetProperty("weightsSha256").GetString());
        Assert.True(three.GetProperty("accuracy").GetDouble() > 0.8);
        var name = $"{three.GetProperty("model").GetString()}@{three.GetProperty("version").GetInt32()}";
        var shown = (await RunAsync("models", "show", name, "--json")).Succeeded().Last;
        Assert.Equal("mlp_bn.onnx", shown.GetProperty("origin").GetProperty("file").GetString());
    }

    private static string File(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "models", name);

    private Task<NeptuneProcess.Ended> RunAsync(params IEnumerable<string> arguments) =>
        NeptuneProcess.RunAsync(_folder.Path, arguments);
}
