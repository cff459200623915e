using Neptune.Client;
using Neptune.Contracts;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;
using Sequential = Neptune.ModelGraph.Sequential;

namespace Neptune.Cluster.Tests;

/// <summary>One cluster with one job that has ended, and has kept many checkpoints: no test may change it.</summary>
public sealed class ForkTests : IAsyncLifetime
{
    private const int Epochs = 4;
    private const float Slower = 0.0003f;

    private readonly TemporaryCluster _cluster = new();
    private NeptuneClient _neptune = null!;
    private DatasetView _digits = null!;
    private JobSnapshot _job = null!;
    private IReadOnlyList<CheckpointEntry> _kept = null!;

    private JobSpec Spec =>
        Specs.Of(Models.Cnn(), _digits, Epochs, nodes: 3) with
        {
            ValidationSplit = 0.1,
            CheckpointInterval = TimeSpan.Zero,
            Retention = new() { Last = 1000 },
        };

    public async ValueTask InitializeAsync()
    {
        // Paced, so that checkpoints are kept on the way.
        _neptune = await _cluster.StartAsync(nodes: 3, faults: "pace@0:10=cpu:2");
        _digits = await _neptune.Data.DigitsAsync();
        _job = (await _neptune.Jobs.WaitAsync((await _neptune.Jobs.SubmitAsync(Spec)).Id)).Job;
        _kept = await _neptune.Jobs.CheckpointsAsync(_job.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await _neptune.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public void Given_a_job_that_has_ended_when_its_checkpoints_are_listed_then_the_last_is_the_package()
    {
        Assert.True(_kept.Count > 3, $"{_kept.Count} versions");
        Assert.Equal(_kept.OrderBy(c => c.Version.Step), _kept);
        Assert.True(_kept[^1].IsPackage);
        Assert.Equal(_job.Package!.Artifact, _kept[^1].Artifact);
        Assert.Equal(_job.Epochs[^1].ValidationLoss, _kept[^1].Metric);
        Assert.All(_kept.SkipLast(1), c => Assert.False(c.IsPackage));
        Assert.All(_kept.SkipLast(1), c => Assert.True(c.SizeBytes > 1000));
    }

    [Fact]
    public async Task Given_a_kept_checkpoint_when_forked_on_any_nodes_then_it_has_the_bits_of_the_same_state()
    {
        var step = MiddleStep();
        // The same state by another way: a job that stopped there has it in a package.
        var stopped = await EndAsync(Spec with { StopAtStep = step, Nodes = 1 });
        Assert.Equal(step, stopped.Package!.Step);
        var changes = new JobFork { LearningRate = Slower, Epochs = Epochs + 1 };
        var expected = await ForkAsync(stopped.Id, changes with { Nodes = 1 });
        Assert.Equal(JobPhase.Succeeded, expected.Phase);
        Assert.NotEqual(_job.Package!.WeightsSha256, expected.Package!.WeightsSha256);
        foreach (var nodes in (int[])[1, 2, 3])
        {
            var fork = await ForkAsync(_job.Id, changes with { Step = step, Nodes = nodes });
            Assert.Equal(expected.Package.WeightsSha256, fork.Package!.WeightsSha256);
            Assert.Equal(expected.Package.OptimizerSha256, fork.Package.OptimizerSha256);
            Assert.Equal((_job.Id, step), (fork.Spec.From!.Job, fork.Spec.From.Step));
            Assert.Equal(Epochs + 1, fork.Epochs.Length);
            Assert.True(fork.Package.Version > 0);
        }
    }

    [Fact]
    public async Task Given_a_fork_that_changes_nothing_when_trained_then_it_has_the_other_jobs_bits()
    {
        var fork = await ForkAsync(_job.Id, new() { Step = MiddleStep(), Nodes = 2 });
        Assert.Equal(_job.Package!.WeightsSha256, fork.Package!.WeightsSha256);
        Assert.Equal(_job.Package.OptimizerSha256, fork.Package.OptimizerSha256);
    }

    [Fact]
    public async Task Given_a_fork_that_waits_when_the_other_job_removes_the_checkpoint_then_it_trains_all_the_same()
    {
        const int epochs = 40;
        var spec = Spec with
        {
            Nodes = 2,
            Retention = new() { Last = 1, Best = false },
        };
        var running = await _neptune.Jobs.SubmitAsync(spec with { Epochs = 4000 });
        await Condition.UntilAsync(async () => (await _neptune.Jobs.CheckpointsAsync(running.Id)).Count > 0);
        var fork = await _neptune.Jobs.ForkAsync(running.Id, new() { Epochs = epochs, Nodes = 3 });
        Assert.Equal(JobPhase.Queued, fork.Phase); // so many are not free
        var step = fork.Spec.From!.Step;
        await Condition.UntilAsync(async () =>
            (await _neptune.Jobs.CheckpointsAsync(running.Id)).All(c => c.Version.Step > step)
        );
        await _neptune.Jobs.CancelAsync(running.Id);
        var ended = await _neptune.Jobs.WaitAsync(fork.Id);
        var whole = await _neptune.Jobs.SubmitAsync(spec with { Epochs = epochs });
        Assert.Equal((await _neptune.Jobs.WaitAsync(whole.Id)).WeightsSha256, ended.WeightsSha256);
    }

    [Fact]
    public async Task Given_a_submission_from_a_version_when_repeated_under_its_id_then_it_is_the_same_job()
    {
        var spec = Spec with
        {
            From = new() { Job = _job.Id, Step = MiddleStep() },
        };
        var id = JobId.New();
        var first = await _neptune.Jobs.SubmitAsync(spec, id);
        var second = await _neptune.Jobs.SubmitAsync(spec, id);
        Assert.Equal(first.Spec.From, second.Spec.From);
        await Assert.ThrowsAsync<ConflictException>(() => _neptune.Jobs.SubmitAsync(Spec, id));
        Assert.Equal(_job.Package!.WeightsSha256, (await _neptune.Jobs.WaitAsync(id)).WeightsSha256);
    }

    [Fact]
    public async Task Given_a_model_of_another_shape_when_it_is_to_start_from_a_version_then_the_parameter_is_named()
    {
        var model = Sequential
            .Of(Flatten(), Dense(32, Relu), Dense(10, Softmax))
            .Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()]);
        await RefusedAsync<JobRejectedException>(
            () => _neptune.FitAsync(model, _digits, seed: 42, validationSplit: 0.1, from: From(MiddleStep())),
            "parameter conv2d",
            "train anew"
        );
    }

    [Fact]
    public async Task Given_another_data_set_when_it_is_to_start_from_a_version_then_both_are_named()
    {
        var other = await _neptune.Data.FromArraysAsync(
            "other",
            [8, 8, 1],
            [.. _digits.Info.Labels],
            new Dictionary<string, (float[], long[])>
            {
                ["train"] = (new float[200 * 64], [.. Enumerable.Range(0, 200).Select(i => i % 10L)]),
            }
        );
        await RefusedAsync<JobRejectedException>(
            () => _neptune.Jobs.SubmitAsync(Spec with { Dataset = other.Ref, From = From(MiddleStep()) }),
            $"the data set is {_digits.Ref} there and {other.Ref} here"
        );
    }

    [Fact]
    public async Task Given_a_step_that_was_not_kept_when_forked_then_those_that_were_are_named() =>
        await RefusedAsync<NotFoundException>(
            () => _neptune.Jobs.ForkAsync(_job.Id, new() { Step = 100_000 }),
            "no version of step 100000",
            $"{MiddleStep()}"
        );

    [Fact]
    public async Task Given_no_epochs_left_when_forked_then_more_are_asked_for() =>
        await RefusedAsync<JobRejectedException>(
            () => _neptune.Jobs.ForkAsync(_job.Id, new()),
            $"its {Epochs} epochs end at step {_job.Step}",
            "more epochs"
        );

    [Fact]
    public async Task Given_an_unknown_job_when_forked_then_it_is_named() =>
        await RefusedAsync<NotFoundException>(() => _neptune.Jobs.ForkAsync(new("job-x"), new()), "job-x");

    [Fact]
    public async Task Given_a_damaged_checkpoint_when_forked_then_it_is_named_with_those_that_are_left()
    {
        var job = (await _neptune.Jobs.WaitAsync((await _neptune.Jobs.SubmitAsync(Spec)).Id)).Job;
        var kept = await _neptune.Jobs.CheckpointsAsync(job.Id);
        var damaged = kept[kept.Count / 2];
        var store = Path.GetDirectoryName(Path.GetDirectoryName(job.Package!.Path))!;
        var manifest = Path.Combine(store, damaged.Artifact[..2], damaged.Artifact[2..]);
        Assert.True(File.Exists(manifest), manifest);
        File.Delete(manifest);
        await RefusedAsync<NotFoundException>(
            () => _neptune.Jobs.ForkAsync(job.Id, new() { Step = damaged.Version.Step }),
            damaged.Artifact,
            $"It has kept those of step {kept[0].Version.Step}"
        );
    }

    private JobOrigin From(long step) => new() { Job = _job.Id, Step = step };

    // Of the checkpoints in the middle of an epoch the middle one.
    private long MiddleStep()
    {
        var perEpoch = _job.TotalSteps / Epochs;
        var inside = _kept.Where(c => c.Version.Step % perEpoch != 0).ToArray();
        return inside[inside.Length / 2].Version.Step;
    }

    private async Task<JobSnapshot> ForkAsync(JobId job, JobFork changes) =>
        (await _neptune.Jobs.WaitAsync((await _neptune.Jobs.ForkAsync(job, changes)).Id)).Job;

    private async Task<JobSnapshot> EndAsync(JobSpec spec)
    {
        var job = await _neptune.Jobs.SubmitAsync(spec);
        return (await Assert.ThrowsAsync<JobCancelledException>(() => _neptune.Jobs.WaitAsync(job.Id))).Job;
    }

    private static async Task RefusedAsync<TError>(Func<Task> call, params string[] parts)
        where TError : Exception
    {
        var error = await Assert.ThrowsAnyAsync<TError>(call);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
