using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>Which of a job's states are kept.</summary>
public static class KeptVersions
{
    /// <summary>A job's checkpoints and its newest package, oldest version first.</summary>
    public static ImmutableArray<CheckpointEntry> Of(JobSnapshot job, ImmutableArray<CheckpointEntry> checkpoints) =>
        job.Package is { } package
            ?
            [
                .. checkpoints
                    .Add(EntryOf(job, package))
                    .OrderBy(c => c.Version.Step)
                    .ThenBy(c => c.Version.Epoch)
                    .ThenBy(c => c.IsPackage)
                    .ThenBy(c => c.At),
            ]
            : checkpoints;

    private static CheckpointEntry EntryOf(JobSnapshot job, PackageRef package)
    {
        var epoch = EpochOf(job, package);
        return new()
        {
            Version = new(package.Step, package.Epoch),
            Artifact = package.Artifact,
            At = package.At ?? job.EndedAt ?? job.SubmittedAt,
            Metric = epoch?.ValidationLoss ?? epoch?.Loss,
            IsPackage = true,
        };
    }

    // The epoch that a package closes. How many steps one has, a job of so many steps does not say: its last package closes.
    private static EpochReport? EpochOf(JobSnapshot job, PackageRef package)
    {
        if (job.Spec.Steps is not null)
        {
            return package.Step == job.TotalSteps ? job.Epochs.FirstOrDefault(e => e.Epoch == job.Spec.Epochs) : null;
        }
        var closes = package.Epoch > 0 && job.TotalSteps / job.Spec.Epochs * package.Epoch == package.Step;
        return closes ? job.Epochs.FirstOrDefault(e => e.Epoch == package.Epoch) : null;
    }
}
