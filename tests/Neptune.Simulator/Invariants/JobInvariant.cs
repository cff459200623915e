using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Simulator;

/// <summary>
/// (5) A job that begins again goes on from its newest package. (6) It fails only by its own fault, and what succeeds
/// contains what an undisturbed run contains.
/// </summary>
internal sealed class JobInvariant(World world)
{
    private readonly Dictionary<JobId, PackageRef> _newest = [];

    /// <summary>A job's state has changed.</summary>
    public void Changed(Training training, JobState? before, JobState after)
    {
        var (job, snapshot) = (training.Job, after.Snapshot);
        if (before is not null && after.Attempt != before.Attempt && _newest.TryGetValue(job, out var newest))
        {
            Require(
                snapshot.Step >= newest.Step && snapshot.Spec.ResumeFrom is not null,
                "after all nodes are lost a job goes back no further than its last package",
                $"{job} goes on from step {snapshot.Step}, and has a package of step {newest.Step}"
            );
        }
        if (snapshot.Package is { } package && (before?.Snapshot.Package?.Step ?? -1) < package.Step)
        {
            _newest[job] = package;
        }
        if (before?.Snapshot.Phase == snapshot.Phase)
        {
            return;
        }
        if (snapshot.Phase == JobPhase.Failed)
        {
            Require(
                training.FaultStep is not null && snapshot.Reason.Contains("not finite", StringComparison.Ordinal),
                "a job fails by its own fault only",
                $"{job} failed: {snapshot.Reason}"
            );
        }
        if (snapshot.Phase == JobPhase.Succeeded)
        {
            world.Tally.Succeeded++;
            var result = world.Packages[snapshot.Package!.Artifact];
            Require(
                result.Version == new TrainingVersion(training.TotalSteps, training.Spec.Epochs)
                    && result.Hash == training.TruthAt(result.Version),
                "a job's result is that of an undisturbed run",
                $"{job} succeeded with {result.Version} of {training.TotalSteps} steps"
            );
        }
    }

    private static void Require(bool holds, string invariant, string message)
    {
        if (!holds)
        {
            throw new InvariantViolatedException(invariant, message);
        }
    }
}
