namespace Neptune.Contracts;

/// <summary>The base of errors that a caller can handle: each says what is wrong and what to do.</summary>
[GenerateSerializer, Alias("neptune.error")]
public class NeptuneException : Exception
{
    /// <summary>An error without a message; use one of the others.</summary>
    public NeptuneException() { }

    /// <summary>An error that says what is wrong and what to do.</summary>
    public NeptuneException(string message)
        : base(message) { }

    /// <summary>An error that says what is wrong and what to do, and what led to it.</summary>
    public NeptuneException(string message, Exception innerException)
        : base(message, innerException) { }
}
