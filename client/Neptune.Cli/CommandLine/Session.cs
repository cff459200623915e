using System.CommandLine;
using Neptune.Client;
using Neptune.Hosting;

namespace Neptune.Cli;

/// <summary>One run of a command: its arguments, where it writes, and the way to the cluster.</summary>
internal sealed class Session(ParseResult arguments, Output output)
{
    public Output Output => output;

    public T Get<T>(Option<T> option) => arguments.GetValue(option)!;

    public T Get<T>(Argument<T> argument) => arguments.GetValue(argument)!;

    /// <summary>True where the option stands on the command line.</summary>
    public bool IsGiven(Option option) => arguments.GetResult(option) is { Implicit: false };

    /// <summary>The cluster that the global options name.</summary>
    /// <param name="nodes">How many nodes a cluster in this process has; null takes its default.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<NeptuneClient> ConnectAsync(CancellationToken cancellation, int? nodes = null) =>
        ClusterConnector.ConnectAsync(this, nodes, cancellation);

    /// <summary>Where files for this machine's user lie, under the data folder.</summary>
    public string DownloadFolder(string name) =>
        Path.Combine(Get(GlobalOptions.DataDirectory) ?? LocalClusterOptions.DefaultDataDirectory, "downloads", name);

    /// <summary>A command to try next, with the global options that lead to the same cluster.</summary>
    public string Suggest(string command)
    {
        var cluster = IsGiven(GlobalOptions.Cluster) ? $" --cluster {Get(GlobalOptions.Cluster)}" : "";
        var folder = IsGiven(GlobalOptions.DataDirectory)
            ? $" --data-dir {Quoted(Get(GlobalOptions.DataDirectory)!)}"
            : "";
        return $"neptune {command}{cluster}{folder}";
    }

    /// <summary>An argument as a shell takes it for one word.</summary>
    public static string Quoted(string text) => text.Any(char.IsWhiteSpace) ? $"'{text}'" : text;
}
