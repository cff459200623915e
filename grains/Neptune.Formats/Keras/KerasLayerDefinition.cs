using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>How a class of layers is imported, or why it is not.</summary>
/// <param name="Name">The class, such as <c>Conv2D</c>.</param>
internal sealed record KerasLayerDefinition(string Name)
{
    /// <summary>Adds the layer's operations; null where the class is refused.</summary>
    public Func<KerasScope, ImmutableArray<KerasValue>>? Apply { get; init; }

    /// <summary>The layer's variables by its settings: trained ones first, in Keras's order.</summary>
    public Func<KerasConfig, ImmutableArray<KerasVariable>> Variables { get; init; } = _ => [];

    /// <summary>For people: what of its training is as in Keras.</summary>
    public string Trained { get; init; } = "yes";

    /// <summary>For people: settings that are refused, or why the class is.</summary>
    public string Remarks { get; init; } = "";

    /// <summary>A class with one output.</summary>
    public static KerasLayerDefinition Of(string name, Func<KerasScope, KerasValue> apply) =>
        new(name) { Apply = scope => [apply(scope)] };

    /// <summary>A class that is not imported.</summary>
    public static KerasLayerDefinition Refused(string name, string reason) =>
        new(name) { Trained = "", Remarks = reason };
}
