using Neptune.Contracts;

namespace Neptune.Grains;

/// <summary>Keys of grains that live with a node.</summary>
internal static class NodeKeys
{
    /// <summary>The key of a grain called <paramref name="name"/> on a node.</summary>
    public static string Of(string name, NodeId node) => $"{name}@{node}";

    /// <summary>The node in a key.</summary>
    public static NodeId NodeOf(string key) => new(key[(key.LastIndexOf('@') + 1)..]);
}
