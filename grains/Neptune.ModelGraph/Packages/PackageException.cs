namespace Neptune.ModelGraph;

/// <summary>
/// A package or tensor file cannot be read or written; the message names the file, the entry, and what to do.
/// </summary>
public class PackageException : Exception
{
    /// <summary>An error without a message; use one of the others.</summary>
    public PackageException() { }

    /// <summary>An error that says what is wrong and what to do.</summary>
    public PackageException(string message)
        : base(message) { }

    /// <summary>An error that says what is wrong and what to do, and what led to it.</summary>
    public PackageException(string message, Exception innerException)
        : base(message, innerException) { }
}
