using Neptune.Contracts;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace Neptune.Grains;

/// <summary>Finds the silo of a node by the silos' metadata.</summary>
internal sealed class NodePlacementDirector(ISiloMetadataCache metadata) : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy,
        PlacementTarget target,
        IPlacementContext context
    )
    {
        var node = NodeKeys.NodeOf(target.GrainIdentity.Key.ToString()!);
        foreach (var silo in context.GetCompatibleSilos(target))
        {
            if (
                metadata.GetSiloMetadata(silo).Metadata.TryGetValue(NodePlacement.HostMetadata, out var host)
                && host == node.Host
            )
            {
                return Task.FromResult(silo);
            }
        }
        throw new NotFoundException(
            $"No silo of the cluster owns node {node}. `neptune nodes list` shows those there are."
        );
    }
}
