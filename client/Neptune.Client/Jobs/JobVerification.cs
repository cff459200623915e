using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>A job's result beside that of a second job, which trained the same again.</summary>
/// <param name="Job">The job whose result was verified.</param>
/// <param name="Again">The job that trained again.</param>
public sealed record JobVerification(JobSnapshot Job, JobSnapshot Again)
{
    /// <summary>What the job has.</summary>
    public PackageRef Expected => Job.Package!;

    /// <summary>What training again gave.</summary>
    public PackageRef Found => Again.Package!;

    /// <summary>True where the weights have the same bits.</summary>
    public bool HasEqualWeights => Expected.WeightsSha256 == Found.WeightsSha256;

    /// <summary>Likewise the optimizer's state; null where an earlier Neptune did not hash it.</summary>
    public bool? HasEqualOptimizer =>
        Expected.OptimizerSha256 is { } expected && Found.OptimizerSha256 is { } found ? expected == found : null;

    /// <summary>
    /// False where the nodes of then and now compute otherwise, so that other bits are no fault; null where an earlier
    /// Neptune did not note that.
    /// </summary>
    public bool? HasSameNumerics =>
        Expected.NumericsFingerprint is { } then && Found.NumericsFingerprint is { } now ? then == now : null;

    /// <summary>True where all that can be compared is equal.</summary>
    public bool IsEqual => HasEqualWeights && HasEqualOptimizer != false;

    /// <summary>The spec that trains again what a job has trained.</summary>
    /// <exception cref="ConflictException">There is nothing to compare with; the message says why.</exception>
    internal static JobSpec SpecOf(JobSnapshot job, int? nodes, long? from)
    {
        if (!job.HasEnded)
        {
            throw Cannot(job, $"it is {job.Phase.ToString().ToLowerInvariant()}. Verify it when it has ended");
        }
        if (job.Package is not { } package)
        {
            throw Cannot(job, $"it is {job.Phase.ToString().ToLowerInvariant()} and has kept no package");
        }
        if (job.NumericsDiffer)
        {
            throw Cannot(job, "nodes of unlike numerics worked on it, so that no other run has its bits");
        }
        if (from >= package.Step)
        {
            throw Cannot(job, $"its package is of step {package.Step}. Begin from an earlier step than that");
        }
        return job.Spec with
        {
            Nodes = nodes ?? job.Spec.Nodes,
            LeastNodes = null,
            MixedNumerics = false,
            From = from is null ? job.Spec.From : new() { Job = job.Id, Step = from },
            ResumeFrom = null,
            // A job that fails at once may not have heard how many steps it has.
            StopAtStep = job.TotalSteps > 0 && package.Step >= job.TotalSteps ? null : package.Step,
            Retention = new() { Last = 1, Best = false },
            Verifies = job.Id,
        };
    }

    private static ConflictException Cannot(JobSnapshot job, string why) =>
        new($"Job {job.Id} cannot be verified: {why}.");
}
