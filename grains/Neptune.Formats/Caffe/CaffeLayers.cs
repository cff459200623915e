using System.Collections.Frozen;

namespace Neptune.Formats;

/// <summary>All types of layers of Caffe (https://caffe.berkeleyvision.org/tutorial/layers.html), known and refused.</summary>
internal static class CaffeLayers
{
    private static readonly FrozenDictionary<string, CaffeLayerDefinition> Types = (
        (CaffeLayerDefinition[])
            [
                .. CaffeActivations.All,
                .. CaffeArithmetic.All,
                .. CaffeDataLayers.All,
                .. CaffeNormalizations.All,
                .. CaffeProducts.All,
                .. CaffeShapes.All,
                .. CaffeSelections.All,
                .. CaffeSinks.All,
                .. CaffeWindows.All,
                .. CaffeRefusedLayers.All,
            ]
    ).ToFrozenDictionary(definition => definition.Type, StringComparer.Ordinal);

    /// <summary>All of them, by name.</summary>
    public static IEnumerable<CaffeLayerDefinition> All => Types.Values.OrderBy(d => d.Type, StringComparer.Ordinal);

    /// <summary>The layers of that type; null where the type is not Caffe's.</summary>
    public static CaffeLayerDefinition? Find(string type) => Types.GetValueOrDefault(type);

    /// <summary>True for layers whose tops are given from outside.</summary>
    public static bool IsData(CaffeLayer layer) => Find(layer.Type) is { IsData: true };

    /// <summary>True for layers whose first top is what training makes small.</summary>
    public static bool IsLoss(CaffeLayer layer) => Find(layer.Type) is { IsLoss: true };
}
