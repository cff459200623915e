using System.Diagnostics;
using System.Runtime.CompilerServices;
using Neptune.Formats.Tests;

namespace Neptune.Cli.Tests;

public class SampleTests
{
    [Fact]
    public async Task Given_the_first_sample_when_run_as_a_file_then_it_trains_and_answers()
    {
        var text = await RunAsync("digits-mlp.cs", "8");
        Assert.Contains("test accuracy 0.9", text);
        Assert.Contains("This is a 7", text);
    }

    [Fact]
    public async Task Given_a_network_of_keras_when_asked_for_a_photograph_then_it_tells_the_look_on_the_face()
    {
        const string Network = "mini_xception_fer2013";
        var text = await RunAsync("photograph.cs", SharedFiles.Path("models", "keras", Network, $"{Network}.hdf5"));
        Assert.Contains("astronaut.jpg: happy", text);
    }

    private static async Task<string> RunAsync(string sample, string argument)
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet", ["run", Sample(sample), "--", argument])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NEPTUNE_DATA_DIR"] = folder.Path },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, text + await errors);
        return text;
    }

    private static string Sample(string name, [CallerFilePath] string self = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(self)!, "..", "..", "client", "samples", name));
}
