using Neptune.Contracts;

namespace Neptune.Hosting;

/// <summary>A silo cannot start, or cannot go on; the message says why and what to do.</summary>
[GenerateSerializer, Alias("neptune.hosting-error")]
public sealed class HostingException : NeptuneException
{
    /// <summary>An error without a message; use one of the others.</summary>
    public HostingException() { }

    /// <summary>An error that says what is wrong and what to do.</summary>
    public HostingException(string message)
        : base(message) { }

    /// <summary>An error that says what is wrong and what to do, and what led to it.</summary>
    public HostingException(string message, Exception innerException)
        : base(message, innerException) { }
}
