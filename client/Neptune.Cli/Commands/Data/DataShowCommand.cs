using System.CommandLine;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune data show</c>.</summary>
internal static class DataShowCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "A data set: NAME or NAME@VERSION." };

    public static Command Create() =>
        new Command("show", "Shows a data set: samples, shape, classes, hash, provenance.") { Name }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var wanted = DatasetRef.Parse(session.Get(Name));
        if (session.Get(Name).Contains(':', StringComparison.Ordinal))
        {
            throw new UsageException($"A data set is shown with all its splits. Leave out ':{wanted.Split}'.");
        }
        await using var neptune = await session.ConnectAsync(cancellation);
        DatasetWords.Show(session, await neptune.Data.GetInfoAsync(wanted.Name.Value, wanted.Version));
    }
}
