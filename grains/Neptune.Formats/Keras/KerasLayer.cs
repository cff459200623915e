using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>A layer of a model.</summary>
internal sealed record KerasLayer
{
    /// <summary>Its class, such as <c>Conv2D</c>.</summary>
    public required string Class { get; init; }

    /// <summary>Its name in its model.</summary>
    public required string Name { get; init; }

    /// <summary>Its settings.</summary>
    public required KerasConfig Config { get; init; }

    /// <summary>Why it is a user's own class; null for Keras's.</summary>
    public string? Custom { get; init; }

    /// <summary>Its calls; none for an input.</summary>
    public ImmutableArray<KerasCall> Calls { get; init; } = [];

    /// <summary>The model that it is; null for a mere layer.</summary>
    public KerasModel? Model { get; init; }

    /// <summary>The layers that it wraps, by the name of the setting.</summary>
    public ImmutableArray<(string Setting, KerasLayer Layer)> Wrapped { get; init; } = [];

    /// <summary>False where training leaves its weights alone.</summary>
    public bool IsTrainable { get; init; } = true;
}
