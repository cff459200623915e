using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Cluster.Tests;

/// <summary>Nodes that compute or keep wrong bits, by fault injection.</summary>
public sealed class WrongBitsTests
{
    private const int CheckEvery = 25;
    private static readonly Lazy<Task<string>> Right = new(TrainUndisturbedAsync);

    [Theory]
    [InlineData("weights@130=cpu:1", "step 13", "its replica differs from that of most others")]
    [InlineData("weights@130=cpu:0", "step 13", "its replica differs from that of most others")]
    [InlineData("nan@130=cpu:1", "step 130", "its replica differs from that of most others")]
    [InlineData("gradients@110=cpu:2", "step 125", "It computed the gradient of shard")]
    [InlineData("gradient@150=cpu:1", "step 150", "It computed the gradient of shard")]
    public async Task Given_a_node_that_is_wrong_when_others_train_with_it_then_it_is_named_and_the_bits_are_right(
        string fault,
        string when,
        string evidence
    )
    {
        var node = $"local/{fault.Split('=')[1]}";
        await using var folder = new TemporaryCluster();
        await using var neptune = await folder.StartAsync(nodes: 3, faults: fault);
        var wrong = await TrainAsync(neptune, nodes: 3);
        Assert.Equal(JobPhase.Succeeded, wrong.Phase);
        var change = Assert.Single(wrong.Generations, g => g.WorldSize == 0);
        Assert.Contains($"node {node}: ", change.Cause, StringComparison.Ordinal);
        Assert.Contains(when, change.Cause, StringComparison.Ordinal);
        Assert.Contains(evidence, change.Cause, StringComparison.Ordinal);
        Assert.InRange(change.StepsLost, 0, (2 * CheckEvery) + 1);
        var fenced = Assert.Single(await neptune.Nodes.ListAsync(), n => n.IsDrained);
        Assert.Equal(node, fenced.Id.Value);
        Assert.Contains(evidence, fenced.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong.Ranks, r => r.Node == fenced.Id);
        Assert.Null((await neptune.Nodes.ResumeAsync(fenced.Id)).Fault);
        await AssertRightAsync(wrong);
    }

    [Fact]
    public async Task Given_two_nodes_when_a_bit_flips_then_it_is_done_again_and_the_bits_are_right()
    {
        await using var folder = new TemporaryCluster();
        await using var neptune = await folder.StartAsync(nodes: 2, faults: "weights@130=cpu:1");
        var job = await TrainAsync(neptune, nodes: 2);
        var change = Assert.Single(job.Generations, g => g.WorldSize == 0);
        Assert.Contains("no majority says which is right", change.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain(await neptune.Nodes.ListAsync(), n => n.IsDrained);
        await AssertRightAsync(job);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Given_a_gradient_that_is_not_finite_once_when_trained_then_it_is_done_again_and_the_bits_are_right(
        int nodes
    )
    {
        await using var folder = new TemporaryCluster();
        await using var neptune = await folder.StartAsync(nodes, faults: "infinity@130=cpu:0");
        var job = await TrainAsync(neptune, nodes);
        Assert.Equal(JobPhase.Succeeded, job.Phase);
        var change = Assert.Single(job.Generations, g => g.WorldSize == 0);
        Assert.Contains("Step 130, ", change.Cause, StringComparison.Ordinal);
        Assert.Contains("is not finite while the loss still is", change.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain(await neptune.Nodes.ListAsync(), n => n.IsDrained);
        await AssertRightAsync(job);
    }

    [Fact]
    public async Task Given_two_nodes_when_one_is_always_wrong_then_the_job_fails_and_says_what_to_do()
    {
        await using var folder = new TemporaryCluster();
        await using var neptune = await folder.StartAsync(nodes: 2, faults: "gradients@60=cpu:1");
        var job = await TrainAsync(neptune, nodes: 2);
        Assert.Equal(JobPhase.Failed, job.Phase);
        Assert.Contains("on three or more", job.Reason, StringComparison.Ordinal);
        Assert.Equal(4, job.Generations.Count(g => g.WorldSize == 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Given_a_learning_rate_that_is_too_large_when_training_diverges_then_no_node_is_blamed(int nodes)
    {
        await using var folder = new TemporaryCluster();
        await using var neptune = await folder.StartAsync(nodes);
        var digits = await neptune.Data.DigitsAsync();
        var model = Models.Mlp(Layers.Sgd(1e20f));
        var error = await Assert.ThrowsAsync<JobFailedException>(() => neptune.FitAsync(model, digits, nodes: nodes));
        Assert.Matches(@"Step \d+, shard \d+: the loss is .*Try a smaller learning rate", error.Message);
        Assert.DoesNotContain(await neptune.Nodes.ListAsync(), n => n.IsDrained);
        Assert.Single(error.Job.Generations);
    }

    [Fact]
    public async Task Given_a_fault_that_is_none_when_a_cluster_starts_then_it_says_what_can_be_written()
    {
        await using var folder = new TemporaryCluster();
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => folder.StartAsync(faults: "weights@x=cpu:1"));
        Assert.Contains(
            "'weights@x=cpu:1' is no fault. Write weights@STEP=DEVICE",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private static async Task AssertRightAsync(JobSnapshot job) =>
        Assert.Equal(await Right.Value, job.Package!.WeightsSha256);

    // On one node, undisturbed; once for all tests.
    private static async Task<string> TrainUndisturbedAsync()
    {
        await using var folder = new TemporaryCluster();
        await using var neptune = await folder.StartAsync(nodes: 1);
        return (await TrainAsync(neptune, nodes: 1)).Package!.WeightsSha256;
    }

    private static async Task<JobSnapshot> TrainAsync(NeptuneClient neptune, int nodes)
    {
        var digits = await neptune.Data.DigitsAsync();
        var spec = Specs.Of(Models.Mlp(), digits, epochs: 12, nodes) with
        {
            Shards = 4,
            CheckEvery = CheckEvery,
            CheckpointInterval = TimeSpan.FromMilliseconds(20),
        };
        var job = await neptune.Jobs.SubmitAsync(spec);
        return await neptune.Jobs.WatchAsync(job.Id, TestContext.Current.CancellationToken).LastAsync();
    }
}
