using System.CommandLine;

namespace Neptune.Cli.Commands;

/// <summary>The options of silos that <c>up</c> takes and passes on.</summary>
internal static class SiloOptions
{
    /// <summary>Redis goes to the silos by the environment: a command line, and a password in it, can be seen by all.</summary>
    public const string RedisVariable = "NEPTUNE_REDIS";

    public static Option<int> Nodes { get; } =
        NumberOption.WithDefault("--nodes", "How many nodes (CPU devices) each process has.", 1);

    public static Option<int> ThreadsPerNode { get; } =
        NumberOption.WithDefault(
            "--threads-per-node",
            "Threads of one operation on a node; the bits of results depend on it.",
            1
        );

    public static Option<string[]> Modules { get; } =
        new("--modules")
        {
            Description = "Assemblies of users' modules that the nodes can run.",
            HelpName = "FILE",
            DefaultValueFactory = _ => [],
        };

    public static Option<bool> PortableNumerics { get; } =
        new("--portable-numerics")
        {
            Description = "Compute in a way that gives the same bits on CPUs of other kinds.",
        };
}
