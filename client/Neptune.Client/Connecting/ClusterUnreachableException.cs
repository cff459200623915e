using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>Nobody answers at the cluster's address; the message says what to do.</summary>
public sealed class ClusterUnreachableException : NeptuneException
{
    /// <summary>An error without a message; use one of the others.</summary>
    public ClusterUnreachableException() { }

    /// <summary>An error that says what is wrong and what to do.</summary>
    public ClusterUnreachableException(string message)
        : base(message) { }

    /// <summary>An error that says what is wrong and what to do, and what led to it.</summary>
    public ClusterUnreachableException(string message, Exception innerException)
        : base(message, innerException) { }
}
