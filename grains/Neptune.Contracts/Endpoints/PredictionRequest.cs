using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>Samples to predict: raw features (a model's own scale is applied), or encoded images.</summary>
[GenerateSerializer, Immutable, Alias("neptune.prediction-request")]
public sealed record PredictionRequest
{
    /// <summary>The number of samples in <see cref="Features"/>.</summary>
    [Id(0)]
    public int Rows { get; init; }

    /// <summary>Raw features of all samples in C order, such as pixels of 0..255; empty where images are given.</summary>
    [Id(1)]
    public ReadOnlyMemory<float> Features { get; init; }

    /// <summary>Encoded images (PNG, JPEG, BMP, WebP), one sample each.</summary>
    [Id(2)]
    public ImmutableArray<EncodedImage> Images { get; init; } = [];
}
