using Neptune.Processes;

namespace Neptune.Redis.Tests;

/// <summary>A node that brings wrong bits to an all-reduce between processes.</summary>
public sealed class WrongBitsTests
{
    [Fact]
    public async Task Given_a_gradient_that_is_not_finite_once_when_processes_train_then_its_node_is_named_and_the_bits_are_right()
    {
        RedisServers.SkipWithout();
        const int step = 130;
        await using var cluster = await SiloCluster.StartAsync(
            ["a", "b", "c"],
            _ => [],
            name => new Dictionary<string, string> { ["NEPTUNE_FAULTS"] = name == "b" ? $"infinity@{step}=cpu:0" : "" }
        );
        var job = await ElasticJob.StartAsync(cluster, 3);
        var change = await job.ChangeAsync(change => change.WorldSize == 0);
        Assert.StartsWith($"node b/cpu:0: Step {step}, ", change.Cause, StringComparison.Ordinal);
        await cluster.UntilAsync(job.Id, snapshot => snapshot.Generation > change.Number && snapshot.Step > step + 1);
        var (own, quiet) = await job.EndAndRepeatAsync();
        Assert.Equal(quiet.Package!.WeightsSha256, own.Package!.WeightsSha256);
        var fenced = Assert.Single(await cluster.Client.Nodes.ListAsync(), node => node.IsDrained);
        Assert.Equal("b/cpu:0", fenced.Id.Value);
        Assert.Contains($"Its gradient was not finite in step {step}", fenced.Fault, StringComparison.Ordinal);
    }
}
