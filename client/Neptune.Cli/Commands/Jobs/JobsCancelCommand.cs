using System.CommandLine;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune jobs cancel</c>.</summary>
internal static class JobsCancelCommand
{
    private static readonly Argument<string> Job = JobArgument.Create();

    public static Command Create() =>
        new Command("cancel", "Ends a job at a step boundary; what was reached is kept.") { Job }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var id = new JobId(session.Get(Job));
        await using var neptune = await session.ConnectAsync(cancellation);
        var before = await neptune.Jobs.GetAsync(id);
        if (before.Phase is JobPhase.Succeeded or JobPhase.Failed)
        {
            throw new ConflictException(
                $"Job {id} has {before.Phase.ToString().ToLowerInvariant()}: there is nothing to cancel."
            );
        }
        var job = await neptune.Jobs.CancelAsync(id);
        await foreach (var change in neptune.Jobs.WatchAsync(id, cancellation))
        {
            job = change;
        }
        session.Output.Line(
            $"Job {id} is {job.Phase.ToString().ToLowerInvariant()} at step {job.Step} of {job.TotalSteps}."
        );
        session.Output.Line($"Go on by: {session.Suggest($"jobs resume {id}")}");
        session.Output.Event(JobWords.ToJson(job, "done"));
    }
}
