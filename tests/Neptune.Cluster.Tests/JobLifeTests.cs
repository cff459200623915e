using Neptune.Client;
using Neptune.Contracts;
using static Neptune.ModelGraph.Layers;
using Sequential = Neptune.ModelGraph.Sequential;

namespace Neptune.Cluster.Tests;

public sealed class JobLifeTests
{
    [Fact]
    public async Task Given_a_job_that_trains_when_cancelled_then_it_keeps_what_was_reached_and_resumes_to_the_same_bits()
    {
        const int epochs = 60;
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync(nodes: 3);
        var digits = await neptune.Data.DigitsAsync();
        using var stop = new CancellationTokenSource();
        var atFirstStep = new Watcher(snapshot =>
        {
            if (snapshot.Step > 0)
            {
                stop.Cancel();
            }
        });

        var cancelled = await Assert.ThrowsAsync<JobCancelledException>(() =>
            neptune.FitAsync(Models.Cnn(), digits, epochs, seed: 42, progress: atFirstStep, cancellation: stop.Token)
        );
        Assert.Equal(JobPhase.Cancelled, cancelled.Job.Phase);
        Assert.InRange(cancelled.Job.Step, 1, cancelled.Job.TotalSteps - 1);
        Assert.Equal(cancelled.Job.Step, cancelled.Job.Package!.Step);
        Assert.Contains($"neptune jobs resume {cancelled.Job.Id}", cancelled.Message, StringComparison.Ordinal);

        await neptune.Jobs.ResumeAsync(cancelled.Job.Id);
        var resumed = await neptune.Jobs.WaitAsync(cancelled.Job.Id);
        var whole = await neptune.FitAsync(Models.Cnn(), digits, epochs, seed: 42, nodes: 1);

        Assert.Equal(whole.WeightsSha256, resumed.WeightsSha256);
    }

    [Fact]
    public async Task Given_a_busy_cluster_when_jobs_come_then_each_waits_with_the_reason_and_runs_in_order()
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync();
        var digits = await neptune.Data.DigitsAsync();
        var first = await neptune.Jobs.SubmitAsync(Specs.Of(Models.Mlp(), digits, epochs: 60));
        var second = await neptune.Jobs.SubmitAsync(Specs.Of(Models.Mlp(), digits, epochs: 1, nodes: 2));
        var third = await neptune.Jobs.SubmitAsync(Specs.Of(Models.Mlp(), digits, epochs: 1, nodes: 1));

        var reasons = new List<string>();
        await foreach (var snapshot in neptune.Jobs.WatchAsync(second.Id))
        {
            reasons.Add(snapshot.Reason);
        }
        Assert.Contains(reasons, r => r.Contains("0 of 2 such are free", StringComparison.Ordinal));
        await neptune.Jobs.WaitAsync(third.Id);
        var ended = await neptune.Jobs.ListAsync();
        Assert.Equal([first.Id, second.Id, third.Id], ended.Select(j => j.Id));
        Assert.All(ended, job => Assert.Equal(JobPhase.Succeeded, job.Phase));
        Assert.True(ended[0].EndedAt <= ended[1].StartedAt);
        // A job has ended before its nodes are told so.
        await Condition.UntilAsync(async () => (await neptune.Nodes.ListAsync()).All(node => node.Job is null));
    }

    [Fact]
    public async Task Given_a_job_for_more_nodes_than_there_are_when_submitted_then_it_says_so_and_can_be_cancelled()
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync();
        var job = await neptune.Jobs.SubmitAsync(Specs.Of(Models.Mlp(), await neptune.Data.DigitsAsync(), nodes: 5));
        await foreach (var snapshot in neptune.Jobs.WatchAsync(job.Id))
        {
            if (snapshot.Reason.Contains("the cluster has 2: ask for at most 2", StringComparison.Ordinal))
            {
                break;
            }
        }
        Assert.Equal(JobPhase.Cancelled, (await neptune.Jobs.CancelAsync(job.Id)).Phase);
    }

    [Fact]
    public async Task Given_a_loss_that_grows_beyond_numbers_when_training_then_the_job_fails_naming_where_and_keeps_its_package()
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync();
        var ones = Enumerable.Repeat(1f, 64).ToArray();
        var data = await neptune.Data.FromArraysAsync(
            "line",
            [1],
            1,
            new Dictionary<string, (float[], float[])> { ["train"] = (ones, [.. ones.Select(x => 3 * x)]) }
        );
        // The error of the weight is multiplied by 1 - 2 * 2 * 0.6 = -1.4 in each step: it overflows after epochs.
        var model = Sequential.Of(Dense(1)).Compile(Sgd(learningRate: 0.6f), MeanSquaredError());
        var spec = Specs.Of(model, data, epochs: 1000) with { CheckpointInterval = TimeSpan.Zero };

        var job = await neptune.Jobs.SubmitAsync(spec);
        var failed = await Assert.ThrowsAsync<JobFailedException>(() => neptune.Jobs.WaitAsync(job.Id));

        Assert.Matches(
            @"Step \d+, shards? .* parameter.*dense\.|Step \d+, shard \d+: .*first parameter.*",
            failed.Job.Reason
        );
        Assert.NotNull(failed.Job.Package);
        Assert.InRange(failed.Job.Package.Step, 1, failed.Job.Step);
        var kept = await neptune.Models.OpenAsync(failed.Job.Package);
        Assert.All(kept.Weights.Values, w => Assert.All(w.Floats.ToArray(), v => Assert.True(float.IsFinite(v))));
    }

    private sealed class Watcher(Action<JobSnapshot> onChange) : IProgress<JobSnapshot>
    {
        public void Report(JobSnapshot value) => onChange(value);
    }
}
