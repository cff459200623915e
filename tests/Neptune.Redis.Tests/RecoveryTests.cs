using System.Text.RegularExpressions;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.Processes;

namespace Neptune.Redis.Tests;

/// <summary>Nodes die, stall, leave and come while a job trains: it loses no step, and its bits are those of a quiet run.</summary>
public sealed class RecoveryTests : IAsyncLifetime
{
    private const int Shards = 8;
    private static readonly string[] Names = ["a", "b", "c", "d"];

    private readonly Dictionary<string, NeptuneProcess> _silos = [];
    private readonly Dictionary<string, string> _gateways = [];
    private readonly RunningCluster _cluster = new([]);
    private DatasetView _data = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private JobClient Jobs => _cluster.Client.Jobs;

    public async ValueTask InitializeAsync()
    {
        await _cluster.StartRedisAsync();
        await Task.WhenAll(Names.Select(StartAsync));
        await _cluster.ConnectAsync();
        _data = await _cluster.Client.Data.DigitsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos.Values)
        {
            silo.Dispose();
        }
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Given_a_job_when_nodes_die_stall_leave_and_come_then_no_step_is_lost_and_the_bits_are_those_of_one_node()
    {
        var job = (await SubmitAsync(4)).Id;
        foreach (
            var happens in (Func<JobId, Task>[])[KillAsync, StallAsync, TerminateAsync, ScaleAsync, KillOthersAsync]
        )
        {
            var before = (await Jobs.GetAsync(job)).Step;
            await UntilAsync(job, snapshot => snapshot.Step > before + 100); // the ranks have met
            await happens(job);
        }
        await CheckAsync(job);
        Assert.All((await Jobs.GetAsync(job)).Generations, generation => Assert.Equal(0, generation.StepsLost));
    }

    [Fact]
    public async Task Given_a_job_when_all_its_nodes_die_then_it_goes_on_from_its_last_package_when_others_are_there()
    {
        var job = (await SubmitAsync(2)).Id;
        await UntilAsync(job, snapshot => snapshot.Package is not null);
        var hosts = (await Jobs.GetAsync(job)).Ranks.Select(r => r.Node.Host).Distinct().ToArray();
        foreach (var host in hosts)
        {
            _silos[host].Kill();
        }
        var resumed = await UntilAsync(job, snapshot => snapshot.Generations.Length > 1 && snapshot.Step > 0);
        Assert.NotNull(resumed.Spec.ResumeFrom);
        await CheckAsync(job);
    }

    // A rank that is killed is missed at once; the silo that takes its place is taken in.
    private async Task KillAsync(JobId job)
    {
        var victim = (await Jobs.GetAsync(job)).Ranks[2].Node;
        _silos[victim.Host].Kill();
        Assert.Contains("closed its link", await WhyLeftAsync(job, victim), StringComparison.Ordinal);
        await StartAsync(victim.Host);
        await ChangeAsync(job, change => change.Number > 1 && change.Joined.Contains(victim));
    }

    // A rank that stands still is missed by its peers' deadline, and comes back when it goes on.
    private async Task StallAsync(JobId job)
    {
        var victim = (await Jobs.GetAsync(job)).Ranks[1].Node;
        // What is sent to the silo that stands still would not be answered.
        var other = Names.First(name => name != victim.Host);
        await using var client = await NeptuneClient.ConnectAsync(_gateways[other], Token);
        Signals.Send(_silos[victim.Host].Id, Signals.Stop);
        try
        {
            Assert.Matches(
                @"made no progress on step \d+ for \d+\.\d s, median step \d",
                await WhyLeftAsync(job, victim, client.Jobs)
            );
        }
        finally
        {
            Signals.Send(_silos[victim.Host].Id, Signals.Continue);
        }
    }

    // A silo that is told to end leaves at a step boundary.
    private async Task TerminateAsync(JobId job)
    {
        var victim = (await Jobs.GetAsync(job)).Ranks[0].Node;
        await _silos[victim.Host].TerminateAsync();
        Assert.Equal($"silo {victim.Host} ends", await WhyLeftAsync(job, victim));
        await StartAsync(victim.Host);
    }

    private async Task ScaleAsync(JobId job)
    {
        await Jobs.ScaleAsync(job, 4);
        await ChangeAsync(job, change => change.WorldSize == 4);
        await Jobs.ScaleAsync(job, 1);
        await ChangeAsync(job, change => change.WorldSize == 1);
    }

    // One of the others has the JobGrain: nobody waits for it.
    private async Task KillOthersAsync(JobId job)
    {
        var snapshot = await Jobs.GetAsync(job);
        var (before, own) = (snapshot.Generation, snapshot.Ranks[0].Node.Host);
        foreach (var name in Names.Where(name => name != own))
        {
            _silos[name].Kill();
            await StartAsync(name);
        }
        var after = (await Jobs.GetAsync(job)).Generations[^1];
        Assert.True(before == after.Number, after.Cause);
    }

    // Ends the job where it is, and trains another one quietly to that step.
    private async Task CheckAsync(JobId job)
    {
        await Jobs.CancelAsync(job);
        var ended = await Assert.ThrowsAsync<JobCancelledException>(() => Jobs.WaitAsync(job, cancellation: Token));
        var step = ended.Job.Package!.Step;
        var quiet = await Jobs.SubmitAsync(Spec(1) with { StopAtStep = step });
        var again = await Assert.ThrowsAsync<JobCancelledException>(() =>
            Jobs.WaitAsync(quiet.Id, cancellation: Token)
        );
        Assert.Equal(step, again.Job.Package!.Step);
        Assert.Equal(again.Job.Package.WeightsSha256, ended.Job.Package.WeightsSha256);
        Assert.Equal(again.Job.Epochs.AsEnumerable(), ended.Job.Epochs);
    }

    private Task<JobSnapshot> SubmitAsync(int nodes) => Jobs.SubmitAsync(Spec(nodes));

    private JobSpec Spec(int nodes) =>
        TrainedModels.Spec("mlp", _data, Shards, nodes) with
        {
            Epochs = 100_000, // it is ended by the test
            CheckpointInterval = TimeSpan.FromSeconds(1),
        };

    private async Task<string> WhyLeftAsync(JobId job, NodeId node, JobClient? jobs = null)
    {
        var change = await ChangeAsync(job, change => change.Left.Any(d => d.Node == node), jobs);
        return change.Left.First(d => d.Node == node).Reason;
    }

    // Waits until the job's history has such a change.
    private async Task<GenerationChange> ChangeAsync(
        JobId job,
        Func<GenerationChange, bool> isSuch,
        JobClient? jobs = null
    ) => (await UntilAsync(job, s => s.Generations.Any(isSuch), jobs)).Generations.First(isSuch);

    private async Task<JobSnapshot> UntilAsync(JobId job, Func<JobSnapshot, bool> isSo, JobClient? jobs = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var snapshot in (jobs ?? Jobs).WatchAsync(job, patience.Token))
        {
            if (isSo(snapshot))
            {
                return snapshot;
            }
        }
        throw new InvalidOperationException($"The job has ended: {(await Jobs.GetAsync(job)).Reason}");
    }

    private async Task StartAsync(string name)
    {
        var silo = _cluster.Launch(name);
        var line = await silo.ReadLineAsync();
        Assert.NotNull(line);
        lock (_silos)
        {
            _silos[name] = silo;
            _gateways[name] = Regex.Match(line, @"\d+\.\d+\.\d+\.\d+:\d+").Value;
        }
    }
}
