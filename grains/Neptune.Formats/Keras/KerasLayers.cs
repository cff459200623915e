using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>All layers that are known, with those that are refused for a reason.</summary>
internal static class KerasLayers
{
    private static readonly Dictionary<string, KerasLayerDefinition> ByName = ImmutableArray
        .Create<ImmutableArray<KerasLayerDefinition>>(
            KerasCore.All,
            KerasConvolutions.All,
            KerasPooling.All,
            KerasNormalizations.All,
            KerasRecurrent.All,
            KerasShapes.All,
            KerasMerges.All,
            KerasActivationLayers.All,
            KerasRegularization.All,
            KerasPreprocessing.All,
            KerasAttention.All,
            KerasDotAttention.All,
            KerasImages.All,
            KerasRefusedLayers.All
        )
        .SelectMany(family => family)
        .ToDictionary(definition => definition.Name, StringComparer.Ordinal);

    /// <summary>All definitions, by name.</summary>
    public static ImmutableArray<KerasLayerDefinition> All { get; } =
    [.. ByName.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];

    /// <summary>The definition of a layer's class; null where it is not known, or a user's own.</summary>
    public static KerasLayerDefinition? Find(KerasLayer layer) =>
        layer.Custom is null ? ByName.GetValueOrDefault(KerasLayerNames.Of(layer.Class)) : null;
}
