using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning.Tests;

public sealed class KeptVersionsTests
{
    private static readonly CheckpointEntry Checkpoint = new()
    {
        Version = new(30, 1),
        Artifact = "manifest",
        At = Samples.Now,
        SizeBytes = 100,
    };

    private static JobSnapshot Job => JobEvents.JobIn(JobPhase.Running).Snapshot;

    [Fact]
    public void Given_a_job_without_a_package_when_listed_then_its_checkpoints_are() =>
        Assert.Equal([Checkpoint], KeptVersions.Of(Job with { Package = null }, [Checkpoint]).AsEnumerable());

    // 72 steps in three epochs.
    [Theory]
    [InlineData(48, 2, 0.25)]
    [InlineData(50, 2, null)]
    public void Given_a_package_when_listed_then_it_stands_by_its_step_with_the_metric_of_an_epoch_that_it_closes(
        long step,
        int epoch,
        double? metric
    )
    {
        var job = Job with
        {
            TotalSteps = 72,
            Package = Samples.Package(step, epoch) with { At = Samples.Now },
            Epochs =
            [
                new() { Epoch = 1, Loss = 1 },
                new()
                {
                    Epoch = 2,
                    Loss = 0.5,
                    ValidationLoss = 0.25,
                },
            ],
        };
        var kept = KeptVersions.Of(job, [Checkpoint]);
        Assert.Equal([30, step], kept.Select(c => c.Version.Step));
        Assert.True(kept[1].IsPackage);
        Assert.Equal(metric, kept[1].Metric);
        Assert.Equal((job.Package.Artifact, Samples.Now), (kept[1].Artifact, kept[1].At));
    }

    [Theory]
    [InlineData(60, 2, 0.5)]
    [InlineData(50, 2, null)]
    public void Given_a_job_of_so_many_steps_when_listed_then_its_last_package_has_the_metric_of_the_unfinished_epoch(
        long step,
        int epoch,
        double? metric
    )
    {
        var job = Job with
        {
            Spec = Job.Spec with { Steps = 60, Epochs = 3 },
            TotalSteps = 60,
            Package = Samples.Package(step, epoch),
            Epochs =
            [
                new()
                {
                    Epoch = 3,
                    Loss = 0.5,
                    Steps = 12,
                },
            ],
        };
        Assert.Equal(metric, KeptVersions.Of(job, [Checkpoint])[1].Metric);
    }
}
