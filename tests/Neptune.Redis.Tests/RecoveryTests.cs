using Neptune.Client;
using Neptune.Contracts;
using Neptune.Processes;

namespace Neptune.Redis.Tests;

/// <summary>Nodes die, stall, leave and come while a job trains: it loses no step, and its bits are those of a quiet run.</summary>
public sealed class RecoveryTests : IAsyncLifetime
{
    private SiloCluster _cluster = null!;
    private ElasticJob _job = null!;

    private JobClient Jobs => _cluster.Client.Jobs;

    public async ValueTask InitializeAsync()
    {
        RedisServers.SkipWithout();
        _cluster = await SiloCluster.StartAsync("a", "b", "c", "d");
    }

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Given_a_job_when_nodes_die_stall_leave_and_come_then_no_step_is_lost_and_the_bits_are_those_of_one_node()
    {
        _job = await ElasticJob.StartAsync(_cluster, 4);
        foreach (var happens in (Func<Task>[])[KillAsync, StallAsync, TerminateAsync, ScaleAsync, KillOthersAsync])
        {
            await _job.StepsMoreAsync(100); // the ranks have met
            await happens();
        }
        await CheckAsync();
        Assert.All((await _job.GetAsync()).Generations, generation => Assert.Equal(0, generation.StepsLost));
    }

    [Fact]
    public async Task Given_a_job_when_all_its_nodes_die_then_it_goes_on_from_its_last_package_when_others_are_there()
    {
        _job = await ElasticJob.StartAsync(_cluster, 2);
        await _cluster.UntilAsync(_job.Id, snapshot => snapshot.Package is not null);
        foreach (var host in (await _job.GetAsync()).Ranks.Select(r => r.Node.Host).Distinct().ToArray())
        {
            _cluster.SiloOf(host).Kill();
        }
        var resumed = await _cluster.UntilAsync(
            _job.Id,
            snapshot => snapshot.Generations.Length > 1 && snapshot.Step > 0
        );
        Assert.NotNull(resumed.Spec.ResumeFrom);
        await CheckAsync();
    }

    // A rank that is killed is missed at once; the silo that takes its place is taken in.
    private async Task KillAsync()
    {
        var victim = await NodeAsync(2);
        _cluster.SiloOf(victim.Host).Kill();
        Assert.Contains("closed its link", await WhyLeftAsync(victim), StringComparison.Ordinal);
        await _cluster.StartSiloAsync(victim.Host);
        await _job.ChangeAsync(change => change.Number > 1 && change.Joined.Contains(victim));
    }

    // A rank that stands still is missed by its peers' deadline, and comes back when it goes on.
    private async Task StallAsync()
    {
        var victim = await NodeAsync(1);
        await using var client = await _cluster.ClientWithoutAsync(victim.Host);
        var process = _cluster.SiloOf(victim.Host).Id;
        Signals.Send(process, Signals.Stop);
        try
        {
            Assert.Matches(
                @"made no progress on (the validation after )?step \d+ for \d+\.\d s, median step \d",
                await WhyLeftAsync(victim, client)
            );
        }
        finally
        {
            Signals.Send(process, Signals.Continue);
        }
    }

    // A silo that is told to end leaves at a step boundary.
    private async Task TerminateAsync()
    {
        var victim = await NodeAsync(0);
        await _cluster.SiloOf(victim.Host).TerminateAsync();
        Assert.Equal($"silo {victim.Host} ends", await WhyLeftAsync(victim));
        await _cluster.StartSiloAsync(victim.Host);
    }

    private async Task ScaleAsync()
    {
        await Jobs.ScaleAsync(_job.Id, 4);
        await _job.ChangeAsync(change => change.WorldSize == 4);
        await Jobs.ScaleAsync(_job.Id, 1);
        await _job.ChangeAsync(change => change.WorldSize == 1);
    }

    // One of the others has the JobGrain: nobody waits for it.
    private async Task KillOthersAsync()
    {
        var snapshot = await _job.GetAsync();
        foreach (var name in _cluster.Names.Where(name => name != snapshot.Ranks[0].Node.Host).ToArray())
        {
            _cluster.SiloOf(name).Kill();
            await _cluster.StartSiloAsync(name);
        }
        var after = (await _job.GetAsync()).Generations[^1];
        Assert.True(snapshot.Generation == after.Number, after.Cause);
    }

    private async Task CheckAsync()
    {
        var (own, quiet) = await _job.EndAndRepeatAsync();
        Assert.Equal(own.Package!.Step, quiet.Package!.Step);
        Assert.Equal(quiet.Package.WeightsSha256, own.Package.WeightsSha256);
        Assert.Equal(quiet.Epochs.AsEnumerable(), own.Epochs);
    }

    private async Task<NodeId> NodeAsync(int rank) => (await _job.GetAsync()).Ranks[rank].Node;

    private async Task<string> WhyLeftAsync(NodeId node, NeptuneClient? client = null)
    {
        var change = await _job.WithoutAsync(node, after: 0, client);
        return change.Left.First(d => d.Node == node).Reason;
    }
}
