using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>A model's answer for one sample.</summary>
[GenerateSerializer, Immutable, Alias("neptune.prediction")]
public sealed record Prediction
{
    /// <summary>The most probable class's name; empty where the model has no classes.</summary>
    [Id(0)]
    public string Label { get; init; } = "";

    /// <summary>The most probable class's number.</summary>
    [Id(1)]
    public int Class { get; init; }

    /// <summary>Its probability.</summary>
    [Id(2)]
    public double Probability { get; init; }

    /// <summary>All outputs.</summary>
    [Id(3)]
    public required ImmutableArray<float> Outputs { get; init; }
}
