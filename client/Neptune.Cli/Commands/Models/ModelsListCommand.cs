using System.CommandLine;
using Spectre.Console;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune models list</c>.</summary>
internal static class ModelsListCommand
{
    public static Command Create() => new Command("list", "Lists all models and their versions.").Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        await using var neptune = await session.ConnectAsync(cancellation);
        var output = session.Output;
        var table = output.NewTable("model", "aliases", "data", "loss", "accuracy", "weights", "registered");
        var count = 0;
        foreach (var name in await neptune.Models.ListAsync())
        {
            foreach (var version in await neptune.Models.ListVersionsAsync(name))
            {
                count++;
                table.AddRow(
                    new Text($"{name}@{version.Package.Version}"),
                    new Text(string.Join(", ", version.Aliases)),
                    new Text(version.Dataset),
                    new Text(Numbers.Loss(version.Metrics?.ValidationLoss ?? version.Metrics?.Loss)),
                    new Text(Numbers.Loss(version.Metrics?.ValidationAccuracy ?? version.Metrics?.Accuracy)),
                    new Text(version.Package.WeightsSha256[..12]),
                    new Text(Numbers.Time(version.RegisteredAt))
                );
                output.Event(ModelWords.ToJson(version, "model"));
            }
        }
        if (count == 0)
        {
            output.Line($"There are no models yet. Begin by: {session.Suggest("quickstart")}");
        }
        else
        {
            output.Words.Write(table);
        }
        output.Event(new { @event = "done", count });
    }
}
