namespace Neptune.Contracts;

/// <summary>A name that nothing bears; the message offers the nearest.</summary>
[GenerateSerializer, Alias("neptune.not-found")]
public sealed class NotFoundException : NeptuneException
{
    /// <summary>An error without a message; use one of the others.</summary>
    public NotFoundException() { }

    /// <summary>An error that says what is wrong and what to do.</summary>
    public NotFoundException(string message)
        : base(message) { }

    /// <summary>An error that says what is wrong and what to do, and what led to it.</summary>
    public NotFoundException(string message, Exception innerException)
        : base(message, innerException) { }
}
