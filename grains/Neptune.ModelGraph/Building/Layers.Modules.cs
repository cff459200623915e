namespace Neptune.ModelGraph;

// Layers that users write themselves.
public static partial class Layers
{
    /// <summary>A user's module, as the cluster describes it: it runs on nodes where it is registered.</summary>
    /// <param name="module">Its graph, such as <c>await neptune.Modules.GetAsync("my-net", Shape.Of(8, 8, 1))</c>.</param>
    /// <param name="channelsFirst">True hands images over as (channels, height, width), as TorchSharp's layers want them.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer Module(Graph module, bool channelsFirst = false, string? name = null) =>
        new ModuleLayer(module, channelsFirst, name);
}
