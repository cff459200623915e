using Neptune.Client;
using Neptune.Contracts;
using static Neptune.ModelGraph.Layers;
using Sequential = Neptune.ModelGraph.Sequential;

namespace Neptune.Cluster.Tests;

public sealed class VerifyTests : IAsyncLifetime
{
    private readonly TemporaryCluster _cluster = new();
    private NeptuneClient _neptune = null!;
    private DatasetView _digits = null!;

    private JobSpec Spec =>
        Specs.Of(Models.Cnn(), _digits, epochs: 3, nodes: 2) with
        {
            ValidationSplit = 0.1,
            CheckpointInterval = TimeSpan.Zero,
            Retention = new() { Last = 1000 },
        };

    public async ValueTask InitializeAsync()
    {
        _neptune = await _cluster.StartAsync(nodes: 3);
        _digits = await _neptune.Data.DigitsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _neptune.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Given_a_job_that_has_succeeded_when_verified_on_any_nodes_or_from_a_checkpoint_then_it_is_equal()
    {
        var job = await SucceededAsync(Spec);
        // How many there are depends on the disk's speed, but for those of the epochs' ends.
        var kept = (await _neptune.Jobs.CheckpointsAsync(job.Id)).Select(c => c.Version.Step);
        var earlier = kept.Where(step => step < job.Package!.Step).Max();
        foreach (var (nodes, from) in ((int?, long?)[])[(null, null), (1, null), (3, earlier)])
        {
            var verified = await _neptune.Jobs.VerifyAsync(job.Id, nodes, from);
            Assert.True(verified.IsEqual);
            Assert.True(verified.HasEqualOptimizer);
            Assert.Equal(JobPhase.Succeeded, verified.Again.Phase);
            Assert.Equal(nodes ?? 2, verified.Again.Ranks.Length);
            Assert.Equal(job.Id, verified.Again.Spec.Verifies);
            Assert.NotEqual(job.Id, verified.Again.Id);
        }
    }

    [Fact]
    public async Task Given_a_verified_job_when_the_registry_is_asked_then_it_has_the_first_jobs_version_only()
    {
        var job = await SucceededAsync(Spec);
        var verified = await _neptune.Jobs.VerifyAsync(job.Id);
        Assert.Equal(0, verified.Found.Version);
        var newest = await _neptune.Models.GetAsync(job.Spec.Model.Value);
        Assert.Equal((1, job.Id), (newest.Package.Version, newest.Job));
    }

    [Fact]
    public async Task Given_a_job_that_was_stopped_in_an_epoch_when_verified_then_it_is_trained_to_the_same_step()
    {
        var job = await _neptune.Jobs.SubmitAsync(Spec with { StopAtStep = 31 });
        var stopped = await Assert.ThrowsAsync<JobCancelledException>(() => _neptune.Jobs.WaitAsync(job.Id));
        Assert.Equal(JobPhase.Cancelled, stopped.Job.Phase);
        var verified = await _neptune.Jobs.VerifyAsync(job.Id, nodes: 3);
        Assert.True(verified.IsEqual);
        Assert.Equal(31, verified.Found.Step);
    }

    [Fact]
    public async Task Given_a_job_that_has_failed_after_a_package_when_verified_then_it_is_trained_to_that_package()
    {
        var ones = Enumerable.Repeat(1f, 64).ToArray();
        var data = await _neptune.Data.FromArraysAsync(
            "line",
            [1],
            1,
            new Dictionary<string, (float[], float[])> { ["train"] = (ones, [.. ones.Select(x => 3 * x)]) }
        );
        // Each step makes the error larger, until it overflows.
        var model = Sequential.Of(Dense(1)).Compile(Sgd(learningRate: 0.6f), MeanSquaredError());
        var spec = Specs.Of(model, data, epochs: 1000) with { CheckpointInterval = TimeSpan.Zero };
        var job = await _neptune.Jobs.SubmitAsync(spec);
        var failed = await Assert.ThrowsAsync<JobFailedException>(() => _neptune.Jobs.WaitAsync(job.Id));
        var verified = await _neptune.Jobs.VerifyAsync(failed.Job.Id);
        Assert.True(verified.IsEqual);
        Assert.Equal(failed.Job.Package!.Step, verified.Found.Step);
    }

    [Fact]
    public async Task Given_a_fork_and_a_resumed_job_when_verified_then_each_is_trained_from_where_it_began()
    {
        var stopped = await _neptune.Jobs.SubmitAsync(Spec with { StopAtStep = 31 });
        await Assert.ThrowsAsync<JobCancelledException>(() => _neptune.Jobs.WaitAsync(stopped.Id));
        var changes = new JobFork { LearningRate = 0.0003f };
        var fork = (await _neptune.Jobs.WaitAsync((await _neptune.Jobs.ForkAsync(stopped.Id, changes)).Id)).Job;
        Assert.True((await _neptune.Jobs.VerifyAsync(fork.Id, nodes: 1)).IsEqual);
        await _neptune.Jobs.ResumeAsync(stopped.Id);
        await _neptune.Jobs.WaitAsync(stopped.Id);
        Assert.True((await _neptune.Jobs.VerifyAsync(stopped.Id, nodes: 1)).IsEqual);
    }

    [Fact]
    public async Task Given_a_result_that_training_does_not_give_when_verified_then_it_is_not_equal()
    {
        var job = await SucceededAsync(Spec);
        var other = await SucceededAsync(Spec with { Seed = 43 });
        var verified = await _neptune.Jobs.VerifyAsync(other.Id);
        Assert.True(verified.IsEqual);
        var mixedUp = verified with { Job = job };
        Assert.False(mixedUp.IsEqual);
        Assert.False(mixedUp.HasEqualWeights);
        Assert.False(mixedUp.HasEqualOptimizer);
    }

    [Fact]
    public async Task Given_a_job_that_trains_when_verified_or_resumed_then_it_is_refused_with_its_phase()
    {
        var job = await _neptune.Jobs.SubmitAsync(Spec with { Epochs = 4000 });
        await RunningAsync(job.Id);
        var verify = await Assert.ThrowsAsync<ConflictException>(() => _neptune.Jobs.VerifyAsync(job.Id));
        Assert.Contains("it is running. Verify it when it has ended", verify.Message);
        var resume = await Assert.ThrowsAsync<ConflictException>(() => _neptune.Jobs.ResumeAsync(job.Id));
        Assert.Contains("is Running: only a paused, cancelled or failed job can be resumed", resume.Message);
        await _neptune.Jobs.CancelAsync(job.Id);
    }

    [Fact]
    public async Task Given_a_step_that_was_not_kept_or_is_the_last_when_verified_from_there_then_it_is_refused()
    {
        var job = await SucceededAsync(Spec);
        var last = await Assert.ThrowsAsync<ConflictException>(() => _neptune.Jobs.VerifyAsync(job.Id, from: job.Step));
        Assert.Contains($"its package is of step {job.Step}", last.Message);
        var missing = await Assert.ThrowsAsync<NotFoundException>(() => _neptune.Jobs.VerifyAsync(job.Id, from: 0));
        Assert.Contains("no version of step 0", missing.Message);
    }

    private async Task RunningAsync(JobId job)
    {
        await foreach (var snapshot in _neptune.Jobs.WatchAsync(job))
        {
            if (snapshot.Phase == JobPhase.Running)
            {
                return;
            }
        }
    }

    private async Task<JobSnapshot> SucceededAsync(JobSpec spec) =>
        (await _neptune.Jobs.WaitAsync((await _neptune.Jobs.SubmitAsync(spec)).Id)).Job;
}
