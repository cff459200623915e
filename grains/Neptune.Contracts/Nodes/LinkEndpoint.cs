namespace Neptune.Contracts;

/// <summary>Where a silo takes links of gradients and files: published by it, dialled by the ranks of others.</summary>
/// <param name="Host">Equal for silos that reach each other by Unix domain socket.</param>
/// <param name="Process">One's own for each start of a process.</param>
/// <param name="UnixPath">The Unix domain socket; empty where there is none.</param>
/// <param name="Tcp">IP:PORT.</param>
[GenerateSerializer, Immutable, Alias("neptune.link-endpoint")]
public sealed record LinkEndpoint(
    [property: Id(0)] string Host,
    [property: Id(1)] string Process,
    [property: Id(2)] string UnixPath,
    [property: Id(3)] string Tcp
);
