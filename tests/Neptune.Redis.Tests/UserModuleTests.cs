using Neptune.Contracts;
using Neptune.ModelGraph;
using Neptune.Processes;

namespace Neptune.Redis.Tests;

/// <summary>Processes with and without a user's module: a job runs on those that have it.</summary>
public sealed class UserModuleTests : IDisposable
{
    private static readonly string File = Path.Combine(AppContext.BaseDirectory, "Neptune.UserModules.dll");

    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-modules-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Given_silos_with_other_modules_when_a_job_needs_one_then_it_waits_with_the_reason_until_enough_have_it()
    {
        var changed = Path.Combine(_folder, "Changed.dll");
        await System.IO.File.WriteAllBytesAsync(
            changed,
            [.. await System.IO.File.ReadAllBytesAsync(File, Token), 0],
            Token
        );
        await using var cluster = await SiloCluster.StartAsync("none");
        await cluster.StartSiloAsync("one", "--modules", File);
        await cluster.StartSiloAsync("changed", "--modules", changed);
        var neptune = cluster.Client;
        var digits = await neptune.Data.DigitsAsync();

        var several = await Assert.ThrowsAsync<ConflictException>(() =>
            neptune.Modules.GetAsync("perceptron", Shape.Of(8, 8, 1))
        );
        Assert.Contains("is on one/cpu:0", several.Message, StringComparison.Ordinal);
        Assert.Contains("is on changed/cpu:0", several.Message, StringComparison.Ordinal);

        await cluster.StartSiloAsync("changed");
        var model = Sequential
            .Of(Layers.Module(await neptune.Modules.GetAsync("perceptron", Shape.Of(8, 8, 1))))
            .Compile(Layers.Adam(), Layers.SparseCategoricalCrossentropy(fromLogits: true));
        var alone = await neptune.FitAsync(model, digits, epochs: 2, seed: 5, cancellation: Token);
        Assert.Equal(["one/cpu:0"], alone.Job.Ranks.Select(r => r.Node.Value)); // of the three, all that can

        await cluster.StartSiloAsync("changed", "--modules", changed);
        var shortage = new FirstShortage();
        var both = neptune.FitAsync(
            model,
            digits,
            epochs: 2,
            seed: 5,
            nodes: 2,
            progress: shortage,
            cancellation: Token
        );
        var reason = await shortage.Reason;
        Assert.Contains("needs module perceptron 1.0 (", reason, StringComparison.Ordinal);
        Assert.Contains("on 2 nodes, and 1 node of 3 has all that it needs", reason, StringComparison.Ordinal);
        Assert.Contains("another assembly, node none/cpu:0 has none", reason, StringComparison.Ordinal);

        await cluster.StartSiloAsync("two", "--modules", File);
        var history = await both;
        Assert.Equal(["one/cpu:0", "two/cpu:0"], history.Job.Ranks.Select(r => r.Node.Value).Order());
        Assert.Equal(alone.WeightsSha256, history.WeightsSha256);

        // Where a package runs is found out as well.
        var evaluation = await neptune.EvaluateAsync(history.Package, digits.Split("test"));
        Assert.True(evaluation["Test accuracy"] > 0.5);
        var endpoint = await neptune.DeployAsync(history.Package, "digits");
        Assert.Contains(endpoint.Replicas[0].Host, (string[])["one", "two"]);
    }

    [Theory]
    [InlineData("nothing.dll", "error: Modules cannot be loaded from '")]
    [InlineData("text.dll", " is no .NET assembly. Give the DLL of a class library.")]
    public async Task Given_a_file_of_no_modules_when_a_silo_starts_with_it_then_one_line_says_so(
        string name,
        string expected
    )
    {
        await System.IO.File.WriteAllTextAsync(Path.Combine(_folder, "text.dll"), "no assembly", Token);
        using var silo = NeptuneProcess.Silo("--data-dir", _folder, "--modules", Path.Combine(_folder, name));
        var (exitCode, errors) = await silo.EndAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
    }

    private sealed class FirstShortage : IProgress<JobSnapshot>
    {
        private readonly TaskCompletionSource<string> _reason = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Reason => _reason.Task.WaitAsync(TimeSpan.FromMinutes(1), Token);

        public void Report(JobSnapshot value)
        {
            if (value.Phase == JobPhase.Queued && value.Reason.StartsWith("needs", StringComparison.Ordinal))
            {
                _reason.TrySetResult(value.Reason);
            }
        }
    }
}
