using System.CommandLine;
using System.Net;
using Neptune.Collectives;
using Neptune.Hosting;
using Neptune.ModelGraph;
using Neptune.Storage;

namespace Neptune.Silo;

/// <summary>The settings of the silo's program, and what they add up to.</summary>
internal static class SiloSettings
{
    private static readonly Option<RedisAddress?> Redis = SiloSetting.Of(
        "--redis",
        "HOST:PORT[,OPTIONS]",
        "Join the cluster with this Redis, options as StackExchange.Redis has them; without, the silo is a cluster of its own",
        null,
        text => (RedisAddress?)RedisAddress.Parse(text)
    );

    private static readonly Option<string?> DataDirectory = SiloSetting.Of(
        "--data-dir",
        "FOLDER",
        "Where the silo keeps its files, and, without --redis, jobs and deployments",
        null,
        text => (string?)text,
        "a folder of the user"
    );

    private static readonly Option<string?> Artifacts = SiloSetting.Of(
        "--artifacts",
        "FOLDER",
        "The folder of data sets and packages; silos that share one need not fetch from each other",
        null,
        text => (string?)text,
        "'artifacts' in the data folder"
    );

    private static readonly Option<int> Nodes = SiloSetting.Number(
        "--nodes",
        "How many nodes (CPU devices) it has",
        2,
        1
    );

    private static readonly Option<string[]?> Devices = SiloSetting.Of(
        "--devices",
        "cpu:0,cuda:0",
        "Its nodes by name, in place of --nodes",
        null,
        text => (string[]?)text.Split(',', StringSplitOptions.TrimEntries)
    );

    private static readonly Option<int> ThreadsPerNode = SiloSetting.Number(
        "--threads-per-node",
        "Threads of one operation on a node; the bits of results depend on it",
        1,
        1
    );

    private static readonly Option<string[]> Modules = SiloSetting.Of(
        "--modules",
        "FILE[,FILE]",
        "Assemblies of users' modules that its nodes can run",
        Array.Empty<string>(),
        text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        "none"
    );

    private static readonly Option<string?> Name = SiloSetting.Of(
        "--name",
        "NAME",
        "The silo's name, which no other of the cluster has",
        null,
        text => (string?)text,
        "the machine's name"
    );

    private static readonly Option<IReadOnlyDictionary<string, string>> Labels = SiloSetting.Of(
        "--label",
        "KEY=VALUE",
        "What tells this machine from others; may be given several times",
        new Dictionary<string, string>(),
        ParseLabels
    );

    private static readonly Option<IPAddress?> AdvertiseAddress = SiloSetting.Of(
        "--advertise-address",
        "IP",
        "The address at which others reach it, and at which it listens",
        null,
        text => (IPAddress?)ParseAddress(text),
        "that on the way to Redis"
    );

    private static readonly Option<int> SiloPort = SiloSetting.Port("--silo-port", "The port for other silos");

    private static readonly Option<int> GatewayPort = SiloSetting.Port("--gateway-port", "The port for clients");

    private static readonly Option<int> DataPort = SiloSetting.Port("--data-port", "The port for gradients");

    private static readonly Option<bool> PortableNumerics = SiloSetting.Switch(
        "--portable-numerics",
        "Compute in a way that gives the same bits on CPUs of other kinds"
    );

    private static readonly Option<LinkKind> Links = SiloSetting.Of(
        "--links",
        "auto|shared|unix|tcp",
        "How gradients travel between silos",
        LinkKind.Auto,
        text =>
            text switch
            {
                "auto" => LinkKind.Auto,
                "shared" => LinkKind.Shared,
                "unix" => LinkKind.Unix,
                "tcp" => LinkKind.Tcp,
                _ => throw new FormatException(NearestNames.Offer(text, ["auto", "shared", "unix", "tcp"])),
            },
        "auto"
    );

    private static readonly Option[] OfClusters =
    [
        Artifacts,
        Name,
        Labels,
        AdvertiseAddress,
        SiloPort,
        GatewayPort,
        DataPort,
        Links,
    ];

    /// <summary>All of them.</summary>
    public static IEnumerable<Option> All =>
        [Redis, DataDirectory, Nodes, Devices, ThreadsPerNode, PortableNumerics, Modules, .. OfClusters];

    /// <summary>How the silo of a cluster runs; null where there is no --redis.</summary>
    /// <exception cref="ArgumentException">Settings do not go together.</exception>
    public static ClusterSiloOptions? ForCluster(ParseResult arguments)
    {
        if (arguments.GetValue(Redis) is not { } redis)
        {
            return null;
        }
        var options = new ClusterSiloOptions
        {
            Redis = redis,
            Labels = arguments.GetValue(Labels)!,
            Devices = DevicesOf(arguments),
            ThreadsPerNode = arguments.GetValue(ThreadsPerNode),
            PortableNumerics = arguments.GetValue(PortableNumerics),
            ModuleFiles = arguments.GetValue(Modules)!,
            DataDirectory = arguments.GetValue(DataDirectory),
            ArtifactsDirectory = arguments.GetValue(Artifacts),
            AdvertiseAddress = arguments.GetValue(AdvertiseAddress),
            SiloPort = arguments.GetValue(SiloPort),
            GatewayPort = arguments.GetValue(GatewayPort),
            DataPort = arguments.GetValue(DataPort),
            Links = arguments.GetValue(Links),
            StartsOnIdleTime = true,
        };
        options = arguments.GetValue(Name) is { } name ? options with { Name = name } : options;
        SiloNames.Check(options.Name, options.Devices);
        return options;
    }

    /// <summary>How the silo runs as a cluster of its own.</summary>
    /// <exception cref="ArgumentException">Settings do not go together.</exception>
    public static LocalClusterOptions ForEmbedded(ParseResult arguments)
    {
        if (Array.Find(OfClusters, option => SiloSetting.IsGiven(arguments, option)) is { } option)
        {
            throw new ArgumentException($"{option.Name} needs --redis: without, the silo is a cluster of its own.");
        }
        return new()
        {
            DataDirectory = arguments.GetValue(DataDirectory),
            Devices = DevicesOf(arguments),
            ThreadsPerNode = arguments.GetValue(ThreadsPerNode),
            PortableNumerics = arguments.GetValue(PortableNumerics),
            ModuleFiles = arguments.GetValue(Modules)!,
        };
    }

    private static IReadOnlyList<string> DevicesOf(ParseResult arguments)
    {
        if (arguments.GetValue(Devices) is not { Length: > 0 } devices)
        {
            return SiloNames.CpuDevices(arguments.GetValue(Nodes));
        }
        return SiloSetting.IsGiven(arguments, Nodes)
            ? throw new ArgumentException("Give --nodes or --devices, not both: --devices names each node.")
            : devices;
    }

    private static IReadOnlyDictionary<string, string> ParseLabels(string text)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (pair.Split('=', 2) is not [{ Length: > 0 } key, var value])
            {
                throw new FormatException("Give KEY=VALUE, such as zone=a.");
            }
            if (!labels.TryAdd(key, value))
            {
                throw new FormatException($"Give each label once: {key} is there twice.");
            }
        }
        return labels;
    }

    private static IPAddress ParseAddress(string text) =>
        IPAddress.TryParse(text, out var address)
        && !address.Equals(IPAddress.Any)
        && !address.Equals(IPAddress.IPv6Any)
            ? address
            : throw new FormatException("Give an IP address of this machine that others reach, such as 192.168.1.10.");
}
