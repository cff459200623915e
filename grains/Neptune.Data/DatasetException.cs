namespace Neptune.Data;

/// <summary>
/// A data set, a file of it or a setting for it cannot be used. The message names it, says what is wrong and what to do.
/// </summary>
public sealed class DatasetException : Exception
{
    /// <summary>An error without a message; use one of the others.</summary>
    public DatasetException() { }

    /// <summary>The message names the file or field, what is wrong and what to do.</summary>
    public DatasetException(string message)
        : base(message) { }

    /// <summary>The message names the file or field, what is wrong and what to do.</summary>
    public DatasetException(string message, Exception innerException)
        : base(message, innerException) { }
}
