using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Neptune.Cli.Tests;

public class SampleTests
{
    [Fact]
    public async Task Given_the_first_sample_when_run_as_a_file_then_it_trains_and_answers()
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet", ["run", Sample("digits-mlp.cs"), "--", "8"])
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
        Assert.Contains("test accuracy 0.9", text);
        Assert.Contains("This is a 7", text);
    }

    private static string Sample(string name, [CallerFilePath] string self = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(self)!, "..", "..", "client", "samples", name));
}
