using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>A rank that should hold the newest state did not give it.</summary>
internal sealed class StateLostException(NodeId node, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The rank's node.</summary>
    public NodeId Node { get; } = node;
}
