namespace Neptune.Contracts;

/// <summary>Numbers of nodes in words.</summary>
public static class NodeCount
{
    /// <summary><c>1 node</c>, <c>2 nodes</c>.</summary>
    public static string InWords(int nodes) => nodes == 1 ? "1 node" : $"{nodes} nodes";
}
