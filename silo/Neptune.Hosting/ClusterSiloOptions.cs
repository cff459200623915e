using System.Net;
using Microsoft.Extensions.Logging;
using Neptune.Collectives;
using Neptune.Storage;
using Neptune.Torch;

namespace Neptune.Hosting;

/// <summary>How a silo of a cluster runs whose silos find each other by Redis.</summary>
public sealed record ClusterSiloOptions
{
    /// <summary>Where membership, state and reminders are; silos with the same Redis and database are one cluster.</summary>
    public required RedisAddress Redis { get; init; }

    /// <summary>The silo's name, the first part of its nodes' names. No two silos of a cluster have the same.</summary>
    public string Name { get; init; } = SiloNames.OfMachine;

    /// <summary>What tells this silo's machine from others, such as <c>zone=a</c>.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The nodes: <c>cpu:0</c>, <c>cpu:1</c>, <c>cuda:0</c>.</summary>
    public IReadOnlyList<string> Devices { get; init; } = ["cpu:0", "cpu:1"];

    /// <summary>Threads of one operation on a node. Bits depend on it, so leave it as it is unless you must.</summary>
    public int ThreadsPerNode { get; init; } = 1;

    /// <summary>The users' modules that the nodes can run.</summary>
    public ModuleCatalog Modules { get; init; } = ModuleCatalog.Empty;

    /// <summary>Assemblies of users' modules, which it can run besides.</summary>
    public IReadOnlyList<string> ModuleFiles { get; init; } = [];

    /// <summary>True computes in a way that gives the same bits on CPUs of other kinds.</summary>
    public bool PortableNumerics { get; init; }

    /// <summary>
    /// Faults that its nodes are made to have, to try out what notices them, such as <c>weights@120=cpu:0</c>; null takes
    /// <c>NEPTUNE_FAULTS</c>.
    /// </summary>
    public string? Faults { get; init; }

    /// <summary>
    /// The folder for this machine's files; null takes <c>NEPTUNE_DATA_DIR</c>, else a folder of the user. Other silos of
    /// the cluster may use it too.
    /// </summary>
    public string? DataDirectory { get; init; }

    /// <summary>
    /// The folder of artifacts, which other silos may share; null takes <c>artifacts</c> in the data folder.
    /// </summary>
    public string? ArtifactsDirectory { get; init; }

    /// <summary>
    /// The address at which others reach this silo, and at which it listens; null takes loopback where Redis is on
    /// loopback, else this machine's address on the way to Redis.
    /// </summary>
    public IPAddress? AdvertiseAddress { get; init; }

    /// <summary>The port for other silos; 0 takes a free one.</summary>
    public int SiloPort { get; init; }

    /// <summary>The port for clients; 0 takes a free one.</summary>
    public int GatewayPort { get; init; }

    /// <summary>The port for gradients; 0 takes a free one.</summary>
    public int DataPort { get; init; }

    /// <summary>How gradients travel.</summary>
    public LinkKind Links { get; init; } = LinkKind.Auto;

    /// <summary>
    /// True for a process of the silo's own: until it is part of the cluster it computes only where nobody else wants the
    /// processor, for three seconds at most, and for one where others leave it next to nothing. Jobs train beside it in
    /// lockstep, and what it takes from one node, it takes from all. On Linux, where the process may come back
    /// from that: as root, or with RLIMIT_NICE of 20 at least.
    /// </summary>
    public bool StartsOnIdleTime { get; init; }

    /// <summary>Sets up logging; null logs warnings and errors to standard error.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = new SteadyClock();
}
