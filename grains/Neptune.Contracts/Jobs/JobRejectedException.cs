namespace Neptune.Contracts;

/// <summary>A job's spec cannot run; the message names the field.</summary>
[GenerateSerializer, Alias("neptune.job-rejected")]
public sealed class JobRejectedException : NeptuneException
{
    /// <summary>An error without a message; use one of the others.</summary>
    public JobRejectedException() { }

    /// <summary>An error that says what is wrong and what to do.</summary>
    public JobRejectedException(string message)
        : base(message) { }

    /// <summary>An error that says what is wrong and what to do, and what led to it.</summary>
    public JobRejectedException(string message, Exception innerException)
        : base(message, innerException) { }
}
