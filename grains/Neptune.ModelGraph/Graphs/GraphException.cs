namespace Neptune.ModelGraph;

/// <summary>A model graph is not valid; the message names the operation or layer, the shapes, and the remedy.</summary>
public class GraphException : Exception
{
    /// <summary>An error without a message; use one of the others.</summary>
    public GraphException() { }

    /// <summary>An error that says what is wrong and what to do.</summary>
    public GraphException(string message)
        : base(message) { }

    /// <summary>An error that says what is wrong and what to do, and what led to it.</summary>
    public GraphException(string message, Exception innerException)
        : base(message, innerException) { }
}
