using Neptune.Torch;

namespace Neptune.Formats.Tests;

/// <summary>The standard's own tests, all of them: what is computed is right, and what is not known is refused.</summary>
[Collection(nameof(StandardsTests))]
public sealed class BackendTests
{
    private const int LeastPassed = 900;

    [Fact]
    public async Task Given_the_standards_tests_when_run_then_none_that_is_imported_gives_another_result()
    {
        var archive = SharedFiles.Path("onnx-node-tests", "onnx-1.20.0-backend-tests.tar.gz");
        await using var device = await TorchDevice.StartAsync("cpu:0");
        var results = await device.RunAsync(
            () => BackendTest.ReadAll(archive).Select(test => test.Run(device)).ToArray(),
            TestContext.Current.CancellationToken
        );
        if (Environment.GetEnvironmentVariable("NEPTUNE_ONNX_RESULTS") is { Length: > 0 } file)
        {
            await File.WriteAllLinesAsync(
                file,
                results.Select(r => $"{r.Outcome} {r.Name} {r.Operators} {r.Reason.Split('\n')[^1]}"),
                TestContext.Current.CancellationToken
            );
        }
        Assert.Equal([], results.Where(r => r.Outcome == BackendOutcome.Failed).Select(r => $"{r.Name}: {r.Reason}"));
        Assert.True(
            results.Count(r => r.Outcome == BackendOutcome.Passed) >= LeastPassed,
            $"{results.Count(r => r.Outcome == BackendOutcome.Passed)} of {results.Length} passed."
        );
        await GeneratedPage.RequireAsync("onnx-operators.md", OperatorTable.Of(results));
    }
}
