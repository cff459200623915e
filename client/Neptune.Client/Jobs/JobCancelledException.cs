using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>A job ended before its last epoch because it was asked to, or because its nodes went; the message says why, what is kept, and how to go on.</summary>
public sealed class JobCancelledException : OperationCanceledException
{
    /// <summary>The error of a job's last view.</summary>
    public JobCancelledException(JobSnapshot job)
        : base(JobEnding.Describe(job)) => Job = job;

    /// <summary>The job's last view.</summary>
    public JobSnapshot Job { get; }
}
