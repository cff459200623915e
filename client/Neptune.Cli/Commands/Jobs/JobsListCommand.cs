using System.CommandLine;
using Spectre.Console;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune jobs list</c>.</summary>
internal static class JobsListCommand
{
    public static Command Create() => new Command("list", "Lists all jobs, oldest first.").Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        await using var neptune = await session.ConnectAsync(cancellation);
        var jobs = await neptune.Jobs.ListAsync();
        var output = session.Output;
        var table = output.NewTable("job", "phase", "model", "data", "epoch", "loss", "submitted");
        foreach (var job in jobs)
        {
            table.AddRow(
                new Text(job.Id.Value),
                new Text(job.Phase.ToString().ToLowerInvariant()),
                new Text(job.Spec.Verifies is { } verified ? $"(verifies {verified})" : job.Spec.Model.Value),
                new Text(job.Spec.Dataset.ToString()),
                new Text($"{job.Epochs.Length}/{job.Spec.Epochs}"),
                new Text(Numbers.Loss(JobWords.LossOf(job))),
                new Text(Numbers.Time(job.SubmittedAt))
            );
            output.Event(JobWords.ToJson(job, "job"));
        }
        if (jobs.Count == 0)
        {
            output.Line($"There are no jobs yet. Begin by: {session.Suggest("quickstart")}");
        }
        else
        {
            output.Words.Write(table);
        }
        output.Event(new { @event = "done", count = jobs.Count });
    }
}
