using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// A model file of another framework cannot be read; the message names the file, the position, entry or node, the reason, and
/// what to do.
/// </summary>
public class ModelFileException : PackageException
{
    /// <summary>An error without a message; use one of the others.</summary>
    public ModelFileException() { }

    /// <summary>An error that says what is wrong and what to do.</summary>
    public ModelFileException(string message)
        : base(message) { }

    /// <summary>An error that says what is wrong and what to do, and what led to it.</summary>
    public ModelFileException(string message, Exception innerException)
        : base(message, innerException) { }
}
