using System.Text.Json;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.Processes;

namespace Neptune.Redis.Tests;

/// <summary>Nodes as a user of a cluster of processes sees them.</summary>
[Collection(nameof(RunningCluster))]
public sealed class NodeTests(RunningCluster cluster) : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"neptune-trace-{Guid.NewGuid():N}.json");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string[] Here => ["--cluster", $"redis:{cluster.Redis.Address}"];

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Given_a_node_when_drained_then_no_job_gets_it_until_it_is_resumed()
    {
        var drained = await NeptuneProcess.RunAsync(["nodes", "drain", "one/cpu:0", .. Here]);
        Assert.True(drained.ExitCode == 0, drained.Errors);
        try
        {
            var job = await SubmitAsync(nodes: 3);
            var waiting = await ReasonAsync(job, "at most 2");
            Assert.Contains("needs 3 nodes", waiting, StringComparison.Ordinal);
            var resumed = await NeptuneProcess.RunAsync(["nodes", "resume", "one/cpu:0", .. Here]);
            Assert.True(resumed.ExitCode == 0, resumed.Errors);
            var history = await cluster.Client.Jobs.WaitAsync(job, cancellation: Token);
            Assert.Equal(3, history.Job.Ranks.Length);
        }
        finally
        {
            await cluster.Client.Nodes.ResumeAsync(new("one/cpu:0"));
        }
    }

    [Fact]
    public async Task Given_a_node_that_is_not_there_when_drained_then_the_error_offers_the_nearest()
    {
        var (exitCode, _, errors) = await NeptuneProcess.RunAsync(["nodes", "drain", "ome/cpu:0", .. Here]);
        Assert.Equal(1, exitCode);
        Assert.Contains("Did you mean one/cpu:0", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_job_of_two_processes_when_traced_then_each_ranks_steps_and_phases_are_in_the_file()
    {
        var job = await SubmitAsync(nodes: 2);
        var history = await cluster.Client.Jobs.WaitAsync(job, cancellation: Token);
        Assert.Equal(2 * history.Job.Step, history.Job.Times.Steps);
        Assert.True(history.Job.Times.Compute > TimeSpan.Zero && history.Job.Times.Wait > TimeSpan.Zero);

        var traced = await NeptuneProcess.RunAsync(["jobs", "trace", job.Value, "--output", _file, .. Here]);

        Assert.True(traced.ExitCode == 0, traced.Errors);
        using var trace = JsonDocument.Parse(await File.ReadAllTextAsync(_file, Token));
        var events = trace.RootElement.GetProperty("traceEvents").EnumerateArray().ToList();
        Assert.Equal(2, events.Count(e => e.GetProperty("name").GetString() == "thread_name"));
        Assert.Equal(
            2,
            events
                .Where(e => e.GetProperty("name").GetString() == "compute")
                .Select(e => e.GetProperty("pid").GetInt32())
                .Distinct()
                .Count()
        );
        Assert.Contains(events, e => e.GetProperty("name").GetString() == "optimizer");
    }

    [Fact]
    public async Task Given_nodes_of_unlike_numerics_when_a_job_needs_both_then_it_waits_unless_mixed_numerics_are_allowed()
    {
        using var other = NeptuneProcess.Silo(
            new Dictionary<string, string> { ["ATEN_CPU_CAPABILITY"] = "default" },
            ["--redis", cluster.Redis.Address, "--name", "unlike", "--nodes", "1", "--data-dir", cluster.Folder]
        );
        await other.ReadLineAsync();
        Assert.True(
            (await cluster.Client.Nodes.ListAsync()).Select(n => n.NumericsFingerprint).Distinct().Count() == 2
        );

        var job = await SubmitAsync(nodes: 4);
        Assert.Contains("of equal numerics", await ReasonAsync(job, "numerics"), StringComparison.Ordinal);
        await cluster.Client.Jobs.CancelAsync(job);

        var mixed = await SubmitAsync(nodes: 4, mixed: true);
        var history = await cluster.Client.Jobs.WaitAsync(mixed, cancellation: Token);
        Assert.True(history.Job.NumericsDiffer);
        var shown = await NeptuneProcess.RunAsync(["jobs", "show", mixed.Value, .. Here]);
        Assert.Contains("Bits     not comparable", shown.Output, StringComparison.Ordinal);
        await other.TerminateAsync();
    }

    private async Task<JobId> SubmitAsync(int nodes, bool mixed = false)
    {
        Assert.True(
            cluster.AllRun,
            "a silo of the cluster that tests share has ended: the job would wait for its node"
        );
        var data = await cluster.Client.Data.DigitsAsync();
        var spec = TrainedModels.Spec("mlp", data, shards: 4, nodes) with { MixedNumerics = mixed };
        return (await cluster.Client.Jobs.SubmitAsync(spec)).Id;
    }

    private async Task<string> ReasonAsync(JobId job, string part)
    {
        await foreach (var snapshot in cluster.Client.Jobs.WatchAsync(job, Token))
        {
            if (snapshot.Reason.Contains(part, StringComparison.Ordinal))
            {
                return snapshot.Reason;
            }
        }
        throw new InvalidOperationException($"Job {job} ended without a word of '{part}'.");
    }
}
