using System.CommandLine;

namespace Neptune.Cli;

/// <summary>The options that every command takes.</summary>
internal static class GlobalOptions
{
    public const string ClusterVariable = "NEPTUNE_CLUSTER";

    public static Option<string?> Cluster { get; } =
        new("--cluster")
        {
            Description =
                $"Use the cluster at this gateway, or at one of several, or the one with this Redis (or ${ClusterVariable}).",
            HelpName = "HOST:PORT[,HOST:PORT]|redis:HOST:PORT",
            Recursive = true,
        };

    public static Option<string?> DataDirectory { get; } =
        new("--data-dir")
        {
            Description =
                "Where the cluster in this process keeps jobs, data and packages (or $NEPTUNE_DATA_DIR). "
                + "A process that has the folder open is joined.",
            HelpName = "FOLDER",
            Recursive = true,
        };

    public static Option<bool> Json { get; } =
        new("--json")
        {
            Description =
                "Write one JSON object a line to standard output, the last one with the event done or error; "
                + "progress and errors in words go to standard error.",
            Recursive = true,
        };

    public static Option<bool> Verbose { get; } =
        new("--verbose") { Description = "Show the cluster's log, and where an error happened.", Recursive = true };

    public static IReadOnlyList<Option> All { get; } = [Cluster, DataDirectory, Json, Verbose];
}
