using Neptune.Collectives;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>Where links are taken, as silos announce it and as the collectives connect by it.</summary>
public static class LinkEndpoints
{
    /// <summary>What the collectives connect by.</summary>
    public static LinkAddress ToAddress(this LinkEndpoint link) =>
        new(link.Host, link.Process, link.UnixPath, link.Tcp);

    /// <summary>What a silo announces.</summary>
    public static LinkEndpoint ToEndpoint(this LinkAddress address) =>
        new(address.HostId, address.ProcessId, address.UnixPath, address.Tcp);
}
