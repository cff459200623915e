using Neptune.Contracts;
using Neptune.Processes;

namespace Neptune.Redis.Tests;

/// <summary>Silos' clocks are set while they train: nobody is taken for dead, and who dies is missed as ever.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Given_clocks_that_jump_when_a_job_trains_then_nodes_come_and_go_and_the_bits_are_those_of_a_quiet_run()
    {
        RedisServers.SkipWithout();
        FalseClocks.SkipWithout();
        using var clocks = new FalseClocks();
        await using var cluster = await SiloCluster.StartAsync(["a", "b", "c"], _ => [], clocks.VariablesOf);
        var job = await ElasticJob.StartAsync(cluster, 3);
        foreach (var ahead in (TimeSpan[])[Hour, -2 * Hour, 30 * Hour, TimeSpan.Zero])
        {
            clocks.Set("a", ahead);
            clocks.Set("b", -ahead);
            await job.StepsMoreAsync(100);
        }
        var before = await job.GetAsync();
        Assert.All(before.Generations, change => Assert.True(change.Left.IsEmpty, change.Cause));

        var victim = before.Ranks.First(rank => rank.Node.Host == before.Coordinator).Node;
        cluster.SiloOf(victim.Host).Kill();
        await using var client = await cluster.ClientWithoutAsync(victim.Host);
        await job.WithoutAsync(victim, before.Generation, client);
        await cluster.StartSiloAsync(victim.Host);
        await job.ChangeAsync(change => change.Joined.Contains(victim) && change.Number > before.Generation, client);
        Assert.All((await job.GetAsync()).Generations, generation => Assert.Equal(0, generation.StepsLost));

        var (own, repeated) = await job.EndAndRepeatAsync();
        Assert.Equal(repeated.Package!.WeightsSha256, own.Package!.WeightsSha256);
    }
}
