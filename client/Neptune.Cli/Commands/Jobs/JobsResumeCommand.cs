using System.CommandLine;
using Neptune.Client;
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
        await using var neptune = await ConnectAsync(session, id, cancellation);
        await neptune.Jobs.ResumeAsync(id);
        var history = await TrainingCommand.FollowAsync(
            session,
            progress => neptune.Jobs.WaitAsync(id, progress, cancellation)
        );
        TrainingCommand.ShowResult(session, history);
    }

    // How many nodes the job wants is only known to the cluster, so a cluster in this process may have to start anew.
    private static async Task<NeptuneClient> ConnectAsync(Session session, JobId job, CancellationToken cancellation)
    {
        var neptune = await session.ConnectAsync(cancellation);
        try
        {
            var wanted = (await neptune.Jobs.GetAsync(job)).Spec.Nodes;
            if (wanted <= (await neptune.Nodes.ListAsync()).Length)
            {
                return neptune;
            }
            await neptune.DisposeAsync();
            return await session.ConnectAsync(cancellation, wanted);
        }
        catch
        {
            await neptune.DisposeAsync();
            throw;
        }
    }
}
