using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A layer of a Caffe net, of either form.</summary>
internal sealed record CaffeLayer
{
    /// <summary>The layer as it stands in the file.</summary>
    public required CaffeMessage Message { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its type, by today's names.</summary>
    public required string Type { get; init; }

    /// <summary>The blobs that it reads.</summary>
    public required ImmutableArray<string> Bottoms { get; init; }

    /// <summary>The blobs that it makes.</summary>
    public required ImmutableArray<string> Tops { get; init; }

    /// <summary>How its own blobs are trained.</summary>
    public ImmutableArray<CaffeParam> Params { get; init; } = [];

    /// <summary>Its weights; none in a text.</summary>
    public ImmutableArray<ProtobufMessage> Blobs { get; init; } = [];

    /// <summary>How much each top counts in the loss; empty takes the type's own.</summary>
    public ImmutableArray<float> LossWeights { get; init; } = [];

    /// <summary>An error in this layer.</summary>
    public ModelFileException Error(string problem) => Message.Place.Error($"layer {Name} ({Type}): {problem}");

    /// <summary>True where the layer belongs to a net in that state.</summary>
    public bool IsIn(CaffeState state)
    {
        var (include, exclude) = (Message.Messages("include").ToArray(), Message.Messages("exclude").ToArray());
        if (include.Length > 0 && exclude.Length > 0)
        {
            throw Error("it has rules of both kinds, include and exclude. Keep one kind.");
        }
        return include.Length > 0 ? include.Any(state.Meets) : !exclude.Any(state.Meets);
    }
}
