using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Client;

/// <summary>What an import may be told beside its file.</summary>
public sealed record ImportSettings
{
    /// <summary>The model's name in the registry; null takes the file's.</summary>
    public string? Name { get; init; }

    /// <summary>The file of weights that belongs to a file of mere layers: Caffe's .caffemodel; null for none.</summary>
    public string? WeightsFile { get; init; }

    /// <summary>A model of the registry whose graph a file of mere weights fills, as <c>name</c> or <c>name@2</c>.</summary>
    public string? GraphOf { get; init; }

    /// <summary>A graph that a file of mere weights fills, where none of the registry is meant.</summary>
    public Graph? Graph { get; init; }

    /// <summary>A sample's shape as the model takes it, for files that do not say it: images of TorchScript, channels first.</summary>
    public Shape? InputShape { get; init; }

    /// <summary>
    /// True takes a TorchScript file whose code is no graph that is known as a whole: nodes run its code then, for inference
    /// alone, and <see cref="InputShape"/> must be given. Only for files whose origin is trusted.
    /// </summary>
    public bool Opaque { get; init; }

    /// <summary>Raw features are multiplied by this first: 1/255 for a model of pixels in 0..1.</summary>
    public float InputScale { get; init; } = 1;

    /// <summary>
    /// Taken off the features behind the scale: one value, or one for each channel; empty for 0. With
    /// <see cref="InputDeviation"/> it becomes part of the graph.
    /// </summary>
    public ImmutableArray<float> InputMean { get; init; } = [];

    /// <summary>What features are divided by then: one value, or one for each channel; empty for 1.</summary>
    public ImmutableArray<float> InputDeviation { get; init; } = [];

    /// <summary>The names of the classes in order.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>True where the output holds logits, and answers are to be probabilities.</summary>
    public bool OutputIsLogits { get; init; }

    /// <summary>The file's licence, for those who come later.</summary>
    public string License { get; init; } = "";
}
