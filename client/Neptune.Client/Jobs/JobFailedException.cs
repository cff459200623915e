using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>A job has failed; the message says why, what is kept, and how to go on.</summary>
public sealed class JobFailedException : NeptuneException
{
    /// <summary>The error of a job's last view.</summary>
    public JobFailedException(JobSnapshot job)
        : base(JobEnding.Describe(job)) => Job = job;

    /// <summary>The job's last view.</summary>
    public JobSnapshot Job { get; }
}
