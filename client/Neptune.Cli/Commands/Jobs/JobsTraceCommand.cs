using System.CommandLine;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune jobs trace</c>.</summary>
internal static class JobsTraceCommand
{
    private static readonly Argument<string> Job = JobArgument.Create();
    private static readonly Option<string?> File = new("--output")
    {
        Description = "The file to write; JOB.trace.json by default.",
        HelpName = "FILE",
    };

    public static Command Create() =>
        new Command(
            "trace",
            "Writes where the time of a job's latest steps went, rank by rank, for chrome://tracing or ui.perfetto.dev."
        )
        {
            Job,
            File,
        }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var id = new JobId(session.Get(Job));
        await using var neptune = await session.ConnectAsync(cancellation);
        var ranks = await neptune.Jobs.TraceAsync(id);
        var path = Path.GetFullPath(session.Get(File) ?? $"{id}.trace.json");
        await using (var target = new FileStream(path, FileMode.Create, FileAccess.Write))
        {
            ChromeTrace.Write(ranks, target);
        }
        session.Output.Line(
            $"{ranks.Sum(r => r.Steps.Length)} steps of {ranks.Count} ranks are in {path}. Open it in ui.perfetto.dev."
        );
        session.Output.Event(
            new
            {
                @event = "done",
                job = id.Value,
                file = path,
                ranks = ranks.Count,
                steps = ranks.Sum(r => r.Steps.Length),
            }
        );
    }
}
