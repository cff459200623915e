using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>What training gave.</summary>
/// <param name="Job">The job's last view.</param>
public sealed record TrainingHistory(JobSnapshot Job)
{
    /// <summary>What each epoch reached.</summary>
    public IReadOnlyList<EpochReport> Epochs => Job.Epochs;

    /// <summary>All parameters and state, in the registry.</summary>
    public PackageRef Package => Job.Package!;

    /// <summary>The SHA-256 of the weights, in hex: the same for any number of nodes.</summary>
    public string WeightsSha256 => Package.WeightsSha256;
}
