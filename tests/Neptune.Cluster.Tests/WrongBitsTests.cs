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
    [InlineData(1, "cpu:0", null)] // there is no other to train with
    [InlineData(2, "cpu:0", "local/cpu:0")]
    [InlineData(2, "cpu:1", "local/cpu:1")]
    [InlineData(3, "cpu:0", "local/cpu:0")]
    [InlineData(3, "cpu:2", "local/cpu:2")]
    [InlineData(3, "cpu:0;infinity@130=cpu:1", null)] // which may be training's fault
    public async Task Given_a_gradient_that_is_not_finite_once_when_trained_then_its_node_is_named_and_the_bits_are_right(
        int nodes,
        string device,
        string? named
    )
    {
        await using var folder = new TemporaryCluster();
        await using var neptune = await folder.StartAsync(nodes, faults: $"infinity@130={device}");
        var job = await TrainAsync(neptune, nodes);
        Assert.Equal(JobPhase.Succeeded, job.Phase);
        var change = Assert.Single(job.Generations, g => g.WorldSize == 0);
        Assert.StartsWith(
            named is null ? "Step 130, " : $"node {named}: Step 130, ",
            change.Cause,
            StringComparison.Ordinal
        );
        Assert.Contains("is not finite while the loss still is", change.Cause, StringComparison.Ordinal);
        var fenced = (await neptune.Nodes.ListAsync()).Where(n => n.IsDrained).ToArray();
        Assert.Equal(named is null ? [] : [named], fenced.Select(n => n.Id.Value));
        Assert.All(
            fenced,
            n => Assert.Contains("Its gradient was not finite in step 130, while", n.Fault, StringComparison.Ordinal)
        );
        await AssertRightAsync(job);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Given_data_that_is_too_large_when_the_gradient_is_infinite_then_the_job_fails_and_no_node_stays_fenced(
        int nodes
    )
    {
        await using var folder = new TemporaryCluster();
        await using var neptune = await folder.StartAsync(nodes);
        // Two samples of one shard, so that it is one node's gradient. Each one's is finite, and so is the loss.
        const int width = 8;
        var features = new float[64 * width];
        (features[40 * width], features[41 * width]) = (2e38f, 2e38f);
        var data = await neptune.Data.FromArraysAsync(
            "large",
            [width],
            1,
            new Dictionary<string, (float[], float[])> { ["train"] = (features, new float[64]) }
        );
        var model = Sequential.Of(Layers.Dense(1)).Compile(Layers.Sgd(), Layers.MeanAbsoluteError());
        var spec = Specs.Of(model, data, epochs: 2, nodes) with { Shards = 4, PerDeviceBatchSize = 4, Shuffle = false };
        var submitted = await neptune.Jobs.SubmitAsync(spec);
        var job = await neptune.Jobs.WatchAsync(submitted.Id, TestContext.Current.CancellationToken).LastAsync();
        Assert.Equal(JobPhase.Failed, job.Phase);
        Assert.StartsWith("Step 2, shards [0,4): the gradient of parameter", job.Reason, StringComparison.Ordinal);
        var causes = job.Generations.Where(g => g.WorldSize == 0).Select(g => g.Cause).ToArray();
        Assert.Equal(2, causes.Length);
        Assert.Equal(nodes > 1, causes[0].StartsWith("node local/cpu:", StringComparison.Ordinal));
        Assert.DoesNotContain(await neptune.Nodes.ListAsync(), n => n.IsDrained || n.Fault is not null);
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
