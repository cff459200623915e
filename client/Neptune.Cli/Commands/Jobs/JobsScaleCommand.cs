using System.CommandLine;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune jobs scale</c>.</summary>
internal static class JobsScaleCommand
{
    private static readonly Argument<string> Job = JobArgument.Create();
    private static readonly Option<int> Nodes = new("--nodes")
    {
        Description = "How many nodes the job should use.",
        HelpName = "N",
        Required = true,
    };

    public static Command Create() =>
        new Command("scale", "Changes how many nodes a job uses, while it trains; its result keeps its bits.")
        {
            Job,
            Nodes,
        }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var id = new JobId(session.Get(Job));
        await using var neptune = await session.ConnectAsync(cancellation);
        var job = await neptune.Jobs.ScaleAsync(id, session.Get(Nodes));
        session.Output.Line(
            $"Job {id} uses {job.Ranks.Length} nodes and wants {job.Spec.Nodes}: it takes free ones as they are, and gives "
                + "others back after a step."
        );
        session.Output.Line($"Follow it by: {session.Suggest($"jobs events {id} -f")}");
        session.Output.Event(JobWords.ToJson(job, "done"));
    }
}
