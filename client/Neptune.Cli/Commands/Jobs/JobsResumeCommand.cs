using System.CommandLine;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune jobs resume</c>.</summary>
internal static class JobsResumeCommand
{
    private static readonly Argument<string> Job = JobArgument.Create();

    public static Command Create() =>
        new Command("resume", "Goes on with a paused, cancelled or failed job, from its last package to its end.")
        {
            Job,
        }.Runs((session, cancellation) => ResumeAsync(session, session.Get(Job), cancellation));

    /// <summary>Resumes a job and follows it to its end.</summary>
    public static async Task ResumeAsync(Session session, string job, CancellationToken cancellation)
    {
        var id = new JobId(job);
        await using var neptune = await JobCluster.ConnectAsync(session, id, null, cancellation);
        await neptune.Jobs.ResumeAsync(id);
        var history = await TrainingCommand.FollowAsync(
            session,
            progress => neptune.Jobs.WaitAsync(id, progress, cancellation)
        );
        TrainingCommand.ShowResult(session, history);
    }
}
