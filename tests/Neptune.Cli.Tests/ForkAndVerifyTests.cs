using System.Text.Json;
using Neptune.Torch;

namespace Neptune.Cli.Tests;

public class ForkAndVerifyTests
{
    private const string Layers = "flatten,dense:32:relu,dropout:0.2,dense:10:softmax";

    [Fact]
    public async Task Given_a_trained_job_when_listed_forked_and_verified_then_each_command_says_what_it_did()
    {
        using var folder = new TemporaryFolder();
        string[] often = ["--checkpoint-every", "0.001", "--keep-last", "500", "--json"];
        string[] train = ["train", "--model", Layers, "--data", "digits", "--epochs", "20", "--nodes", "2", .. often];
        // Paced, so that checkpoints are kept on the way.
        KeyValuePair<string, string>[] paced = [new("NEPTUNE_FAULTS", "pace@0:5=cpu:0")];
        using var training = NeptuneProcess.Start(folder.Path, paced, train);
        var trained = (await training.EndAsync()).Succeeded().Last;
        var job = trained.GetProperty("job").GetString()!;

        var kept = (await NeptuneProcess.RunAsync(folder.Path, "jobs", "checkpoints", job, "--json")).Succeeded();
        var versions = kept.Lines.SkipLast(1).Select(line => JsonElement.Parse(line)).ToArray();
        Assert.Equal(versions.Length, kept.Last.GetProperty("count").GetInt32());
        Assert.True(versions.Length > 2);
        Assert.Equal("package", versions[^1].GetProperty("kind").GetString());
        Assert.True(versions[0].GetProperty("sizeBytes").GetInt64() > 0);
        var step = versions[versions.Length / 2].GetProperty("step").ToString();

        string[] fork = ["jobs", "fork", job, "--step", step, "--learning-rate", "0.0001", "--id", "slower", "--json"];
        var forked = (await NeptuneProcess.RunAsync(folder.Path, fork)).Succeeded().Last;
        Assert.Equal($"{job}@{step}", forked.GetProperty("from").GetString());
        Assert.Equal(2, forked.GetProperty("version").GetInt32());
        Assert.NotEqual(Weights(trained), Weights(forked));

        // The same by `train`, which gives the whole spec.
        string[] same = [.. train, "--optimizer", "adam:0.0001", "--from", $"{job}@{step}"];
        Assert.Equal(Weights(forked), Weights((await NeptuneProcess.RunAsync(folder.Path, same)).Succeeded().Last));

        foreach (
            var verify in (string[][])
                [
                    [job, "--nodes", "3"],
                    [job, "--from", step],
                    ["slower", "--nodes", "1"],
                ]
        )
        {
            var verified = (
                await NeptuneProcess.RunAsync(folder.Path, ["jobs", "verify", .. verify, "--json"])
            ).Succeeded();
            Assert.True(verified.Last.GetProperty("isEqual").GetBoolean());
            Assert.True(verified.Last.GetProperty("hasEqualOptimizer").GetBoolean());
        }
        var models = (await NeptuneProcess.RunAsync(folder.Path, "models", "list")).Succeeded();
        Assert.Contains("digits@3", models.Text);
        Assert.DoesNotContain("digits@4", models.Text);
    }

    [Fact]
    public async Task Given_another_model_or_no_such_version_when_started_from_a_job_then_one_line_says_what_is_wrong()
    {
        using var folder = new TemporaryFolder();
        string[] train = ["train", "--data", "digits", "--epochs", "2", "--json", "--model"];
        var trained = (await NeptuneProcess.RunAsync(folder.Path, [.. train, Layers])).Succeeded().Last;
        var job = trained.GetProperty("job").GetString()!;

        var other = await NeptuneProcess.RunAsync(
            folder.Path,
            [.. train, "flatten,dense:9:relu,dense:10:softmax", "--from", job]
        );
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("parameter dense.weight is (32, 64) there", other.Last.GetProperty("message").GetString());

        var missing = await NeptuneProcess.RunAsync(folder.Path, "jobs", "fork", job, "--step", "7");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("no version of step 7. It has kept those of step", missing.Errors);
    }

    [Fact]
    public async Task Given_a_job_that_other_numerics_trained_when_verified_then_the_exit_code_is_1()
    {
        using var folder = new TemporaryFolder();
        string[] train = ["train", "--data", "digits", "--epochs", "2", "--json", "--model", Layers];
        using var portable = NeptuneProcess.Start(folder.Path, PortableNumerics.Variables, train);
        var trained = (await portable.EndAsync()).Succeeded().Last;

        var job = trained.GetProperty("job").GetString()!;
        var verified = await NeptuneProcess.RunAsync(folder.Path, "jobs", "verify", job, "--json");

        Assert.Equal(1, verified.ExitCode);
        var done = JsonElement.Parse(verified.Lines[^2]);
        Assert.False(done.GetProperty("isEqual").GetBoolean());
        Assert.False(done.GetProperty("hasSameNumerics").GetBoolean());
        Assert.Equal(Weights(trained), Weights(done));
        Assert.NotEqual(Weights(trained), done.GetProperty("weightsSha256Again").GetString());
        Assert.Contains("portable", verified.Last.GetProperty("message").GetString());
    }

    private static string Weights(JsonElement done) => done.GetProperty("weightsSha256").GetString()!;
}
