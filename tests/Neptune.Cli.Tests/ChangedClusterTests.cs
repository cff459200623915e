using System.Text.Json;

namespace Neptune.Cli.Tests;

public class ChangedClusterTests
{
    private const string Layers = "flatten,dense:32:relu,dropout:0.2,dense:10:softmax";

    [Fact]
    public async Task Given_a_job_interrupted_when_resumed_then_the_weights_are_those_of_an_uninterrupted_run()
    {
        using var folder = new TemporaryFolder();
        string[] train = ["train", "--model", Layers, "--data", "digits", "--epochs", "300", "--nodes", "3", "--json"];
        string job;
        using (var running = NeptuneProcess.Start(folder.Path, train))
        {
            var epoch = await running.LineAsync(line => line.Contains("\"event\":\"epoch\""));
            job = JsonElement.Parse(epoch).GetProperty("job").GetString()!;

            // A second terminal joins the process that has the data folder open.
            var nodes = (await NeptuneProcess.RunAsync(folder.Path, "nodes", "list", "--json")).Succeeded();
            Assert.Equal(job, JsonElement.Parse(nodes.Lines[0]).GetProperty("job").GetString());

            await running.InterruptAsync();
            var ended = await running.EndAsync();
            Assert.Equal(1, ended.ExitCode);
            Assert.Contains($"neptune jobs resume {job}", ended.Errors);
            Assert.Contains("Reached: epoch", ended.Errors);
            Assert.DoesNotContain("   at ", ended.Errors);
            Assert.Equal("error", ended.Last.GetProperty("event").GetString());
        }
        var resumed = (await NeptuneProcess.RunAsync(folder.Path, "train", "--resume", job, "--json")).Succeeded().Last;
        var whole = (await NeptuneProcess.RunAsync(folder.Path, train)).Succeeded().Last;
        Assert.Equal(whole.GetProperty("weightsSha256").GetString(), resumed.GetProperty("weightsSha256").GetString());
        Assert.NotEqual(whole.GetProperty("job").GetString(), resumed.GetProperty("job").GetString());
    }

    [Fact]
    public async Task Given_a_taken_name_and_an_altered_package_when_deploying_then_the_error_says_so()
    {
        using var folder = new TemporaryFolder();
        string[] train = ["train", "--model", Layers, "--data", "digits", "--json", "--seed"];
        await NeptuneProcess.RunAsync(folder.Path, [.. train, "1"]);
        var second = (await NeptuneProcess.RunAsync(folder.Path, [.. train, "2"])).Succeeded().Last;
        (await NeptuneProcess.RunAsync(folder.Path, "deploy", "digits@1", "--name", "my-model")).Succeeded();

        var taken = await NeptuneProcess.RunAsync(folder.Path, "deploy", "digits@2", "--name", "my-model");
        Assert.Equal(1, taken.ExitCode);
        Assert.Contains("taken", taken.Errors);
        Assert.Contains("--replace", taken.Errors);

        var quickstart = await NeptuneProcess.RunAsync(folder.Path, "quickstart");
        Assert.Equal(1, quickstart.ExitCode);
        Assert.Contains("neptune undeploy my-model", quickstart.Errors);

        var package = second.GetProperty("package").GetString()!;
        var bytes = await File.ReadAllBytesAsync(package);
        bytes[bytes.Length / 2] ^= 1;
        File.SetAttributes(package, FileAttributes.Normal);
        await File.WriteAllBytesAsync(package, bytes);
        var altered = await NeptuneProcess.RunAsync(
            folder.Path,
            "deploy",
            "digits@2",
            "--name",
            "my-model",
            "--replace",
            "--json"
        );
        Assert.Equal(1, altered.ExitCode);
        Assert.Contains("altered", altered.Last.GetProperty("message").GetString());
        Assert.DoesNotContain("Unexpected", altered.Errors);
    }

    [Fact]
    public async Task Given_one_data_folder_when_two_processes_open_it_at_once_then_both_succeed()
    {
        using var folder = new TemporaryFolder();
        using var one = NeptuneProcess.Start(folder.Path, "data", "list", "--json");
        using var other = NeptuneProcess.Start(folder.Path, "data", "list", "--json");
        foreach (var ended in await Task.WhenAll(one.EndAsync(), other.EndAsync()))
        {
            Assert.Equal(1, ended.Succeeded().Last.GetProperty("count").GetInt32());
        }
    }

    [Fact]
    public async Task Given_a_folder_of_pictures_when_imported_then_it_can_be_trained_on()
    {
        using var folder = new TemporaryFolder();
        var pictures = Path.Combine(AppContext.BaseDirectory, "pictures");
        string[] import = ["data", "import", pictures, "--name", "ten", "--size", "14x14", "--json"];
        var imported = (await NeptuneProcess.RunAsync(folder.Path, import)).Succeeded().Last;
        Assert.Equal(20, imported.GetProperty("splits").GetProperty("train").GetInt32());
        Assert.Equal([14, 14, 1], imported.GetProperty("featureShape").EnumerateArray().Select(l => l.GetInt32()));
        string[] train =
        [
            "train",
            "--model",
            "conv2d:4:3:relu,flatten,dense:10:softmax",
            "--data",
            "ten",
            "--batch",
            "2",
            "--json",
        ];
        var trained = (await NeptuneProcess.RunAsync(folder.Path, train)).Succeeded().Last;
        Assert.Equal("ten", trained.GetProperty("model").GetString());
    }
}
