using System.CommandLine;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune jobs events</c>.</summary>
internal static class JobsEventsCommand
{
    private static readonly Argument<string> Job = JobArgument.Create();
    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on to the job's end." };

    public static Command Create() =>
        new Command("events", "Shows what happened to a job: its start and end, and who came and went.")
        {
            Job,
            Follow,
        }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var id = new JobId(session.Get(Job));
        await using var neptune = await session.ConnectAsync(cancellation);
        var job = await neptune.Jobs.GetAsync(id);
        var shown = Show(session.Output, job, []);
        if (session.Get(Follow))
        {
            await foreach (var change in neptune.Jobs.WatchAsync(id, cancellation))
            {
                job = change;
                shown = Show(session.Output, job, shown);
            }
        }
        session.Output.Event(JobWords.ToJson(job, "done"));
    }

    private static HashSet<string> Show(Output output, JobSnapshot job, HashSet<string> shown)
    {
        foreach (var happening in JobEvent.Of(job).Where(e => shown.Add($"{e.At:O} {e.Kind}")))
        {
            output.Line($"{Numbers.Time(happening.At)}  {happening.Text}");
            output.Event(
                new
                {
                    @event = happening.Kind,
                    at = happening.At,
                    text = happening.Text,
                }
            );
        }
        return shown;
    }
}
