namespace Neptune.ModelGraph;

/// <summary>
/// A layer that several values go through with the same weights; <see cref="GraphBuilder.Share"/> makes it.
/// </summary>
public sealed class SharedLayer
{
    internal SharedLayer(GraphBuilder builder, Layer layer, string name) =>
        (Builder, Layer, Name) = (builder, layer, name);

    /// <summary>The layer's name, and that of its weights.</summary>
    public string Name { get; }

    internal GraphBuilder Builder { get; }

    internal Layer Layer { get; }

    internal bool IsUsed { get; set; }
}
