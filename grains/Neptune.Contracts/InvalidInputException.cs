namespace Neptune.Contracts;

/// <summary>Data, a file or a value is not usable; the message names it and says what would be.</summary>
[GenerateSerializer, Alias("neptune.invalid-input")]
public sealed class InvalidInputException : NeptuneException
{
    /// <summary>An error without a message; use one of the others.</summary>
    public InvalidInputException() { }

    /// <summary>An error that says what is wrong and what to do.</summary>
    public InvalidInputException(string message)
        : base(message) { }

    /// <summary>An error that says what is wrong and what to do, and what led to it.</summary>
    public InvalidInputException(string message, Exception innerException)
        : base(message, innerException) { }
}
