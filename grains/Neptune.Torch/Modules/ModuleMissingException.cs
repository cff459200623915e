using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>A graph runs a user's module that is not registered here; the message says what is.</summary>
public sealed class ModuleMissingException : GraphException
{
    /// <summary>An error without a message; use one of the others.</summary>
    public ModuleMissingException() { }

    /// <summary>An error that says what is wrong and what to do.</summary>
    public ModuleMissingException(string message)
        : base(message) { }

    /// <summary>An error that says what is wrong and what to do, and what led to it.</summary>
    public ModuleMissingException(string message, Exception innerException)
        : base(message, innerException) { }
}
