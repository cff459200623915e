using Orleans.Placement;

namespace Neptune.Grains;

/// <summary>Marks a grain whose key names a node: see <see cref="NodePlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NodePlacementAttribute() : PlacementAttribute(new NodePlacement());
