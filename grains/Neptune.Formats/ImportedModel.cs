using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>What a model file of another framework holds, in Neptune's terms.</summary>
public sealed record ImportedModel
{
    /// <summary>The neutral graph.</summary>
    public required Graph Graph { get; init; }

    /// <summary>A value for every parameter of the graph.</summary>
    public required ImmutableSortedDictionary<string, TensorValue> Weights { get; init; }

    /// <summary>What the file is, such as <c>ONNX opset 13 (pytorch 1.13.1)</c>.</summary>
    public required string Source { get; init; }

    /// <summary>How the file wants to be trained; null where it says nothing of it.</summary>
    public ImportedTraining? Training { get; init; }

    /// <summary>What a user should know: entries left out, names that were changed.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}
