using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Neptune.Grains;

/// <summary>Makes <see cref="NodePlacement"/> known to a silo.</summary>
public static class NodePlacementHosting
{
    /// <summary>Adds the placement of nodes, and says which host this silo is.</summary>
    public static ISiloBuilder UseNodePlacement(this ISiloBuilder silo, string host)
    {
        silo.UseSiloMetadata(new Dictionary<string, string> { [NodePlacement.HostMetadata] = host });
        silo.AddPlacementDirector<NodePlacement, NodePlacementDirector>();
        return silo;
    }
}
