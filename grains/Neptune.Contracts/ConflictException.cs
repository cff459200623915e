namespace Neptune.Contracts;

/// <summary>The name is taken, or the state does not allow the call; the message says what does.</summary>
[GenerateSerializer, Alias("neptune.conflict")]
public sealed class ConflictException : NeptuneException
{
    /// <summary>An error without a message; use one of the others.</summary>
    public ConflictException() { }

    /// <summary>An error that says what is wrong and what to do.</summary>
    public ConflictException(string message)
        : base(message) { }

    /// <summary>An error that says what is wrong and what to do, and what led to it.</summary>
    public ConflictException(string message, Exception innerException)
        : base(message, innerException) { }
}
