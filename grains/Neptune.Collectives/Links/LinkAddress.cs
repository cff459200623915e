namespace Neptune.Collectives;

/// <summary>How a process's <see cref="LinkListener"/> is reached: what a silo publishes.</summary>
/// <param name="HostId">Equal for processes that see each other's Unix domain sockets.</param>
/// <param name="ProcessId">A new GUID for each listener, which a restarted process does not repeat.</param>
/// <param name="UnixPath">The path of its Unix domain socket; empty where it has none.</param>
/// <param name="Tcp">Address and port, as <c>10.0.0.7:4711</c>, <c>[fe80::1]:4711</c> or <c>host.name:4711</c>.</param>
public sealed record LinkAddress(string HostId, string ProcessId, string UnixPath, string Tcp);
