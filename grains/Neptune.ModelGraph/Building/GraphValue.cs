namespace Neptune.ModelGraph;

/// <summary>A value of a graph that is being built with <see cref="GraphBuilder"/>.</summary>
public sealed class GraphValue
{
    internal GraphValue(string name, TensorType type, bool channelsFirst)
    {
        Name = name;
        Type = type;
        ChannelsFirst = channelsFirst;
    }

    /// <summary>The value's name in the graph.</summary>
    public string Name { get; }

    /// <summary>A sample's shape as the user sees it: images are (height, width, channels).</summary>
    public Shape SampleShape =>
        ChannelsFirst ? new(Type.Shape[2], Type.Shape[3], Type.Shape[1]) : Type.Shape.WithoutFirst();

    /// <summary>Type and shape as the graph has them, batch first.</summary>
    internal TensorType Type { get; }

    /// <summary>True for an image that lies as (N, C, H, W), as ONNX's spatial operators want it.</summary>
    internal bool ChannelsFirst { get; }

    /// <summary>The axis of features or channels.</summary>
    internal int FeatureAxis => ChannelsFirst ? 1 : -1;
}
