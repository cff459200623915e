using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>What an import may be told beside its file.</summary>
public sealed record ImportOptions
{
    /// <summary>The graph's name; null takes the file's.</summary>
    public string? Name { get; init; }

    /// <summary>The graph whose parameters a file of mere weights fills; a file with a graph of its own needs none.</summary>
    public Graph? Onto { get; init; }

    /// <summary>The file of weights that belongs to a file of mere layers: Caffe's; null for none.</summary>
    public string? WeightsFile { get; init; }

    /// <summary>
    /// A sample's shape without the batch, as the file's framework lays it out (PyTorch's images are channels, height, width).
    /// Only for files that do not say it themselves.
    /// </summary>
    public Shape? InputShape { get; init; }

    /// <summary>
    /// True takes a TorchScript file whose code is no graph that is known as a whole: libtorch runs its code then, for inference
    /// alone. Only for files whose origin is trusted.
    /// </summary>
    public bool Opaque { get; init; }
}
