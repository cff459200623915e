using System.CommandLine;
using Spectre.Console;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune data list</c>.</summary>
internal static class DataListCommand
{
    public static Command Create() => new Command("list", "Lists all data sets and their versions.").Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        await using var neptune = await session.ConnectAsync(cancellation);
        await neptune.Data.DigitsAsync(); // they come with Neptune, and are listed once somebody asked for them
        var output = session.Output;
        var table = output.NewTable("data set", "samples", "shape", "classes");
        var count = 0;
        foreach (var name in await neptune.Data.ListAsync())
        {
            foreach (var info in await neptune.Data.ListVersionsAsync(name))
            {
                count++;
                table.AddRow(
                    new Text($"{info.Name}@{info.Version}"),
                    new Text(DatasetWords.Splits(info)),
                    new Text(string.Join('x', info.FeatureShape)),
                    new Text($"{info.Labels.Length}")
                );
                output.Event(DatasetWords.ToJson(info, "data"));
            }
        }
        output.Words.Write(table);
        output.Event(new { @event = "done", count });
    }
}
