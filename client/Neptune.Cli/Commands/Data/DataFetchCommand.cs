using System.CommandLine;
using Neptune.Data;
using Neptune.ModelGraph;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune data fetch</c>.</summary>
internal static class DataFetchCommand
{
    private const string Mnist = "mnist";

    private static readonly Argument<string> Name = new("NAME") { Description = "The data set to fetch: mnist." };

    public static Command Create() =>
        new Command("fetch", "Downloads a well-known data set, checks it by SHA-256 and imports it.") { Name }.Runs(
            RunAsync
        );

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        if (session.Get(Name) != Mnist)
        {
            throw new UsageException(
                $"'{session.Get(Name)}' cannot be fetched. {NearestNames.Offer(session.Get(Name), [Mnist])}"
            );
        }
        var folder = session.DownloadFolder(Mnist);
        await MnistFetch.FetchAsync(folder, new Lines(session.Output), cancellation);
        await using var neptune = await session.ConnectAsync(cancellation);
        var origin = MnistFetch.Provenance;
        var data = await neptune.Data.IdxFolderAsync(folder, Mnist, $"{origin.Source}; {origin.Licence}", cancellation);
        DatasetWords.Show(session, data.Info);
    }

    /// <summary>Writes at once; <see cref="Progress{T}"/> would write when the command is over.</summary>
    private sealed class Lines(Output output) : IProgress<string>
    {
        public void Report(string value) => output.Line(value);
    }
}
