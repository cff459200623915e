using System.CommandLine;
using Neptune.Contracts;
using Spectre.Console;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune jobs checkpoints</c>.</summary>
internal static class JobsCheckpointsCommand
{
    private static readonly Argument<string> Job = JobArgument.Create();

    public static Command Create() =>
        new Command("checkpoints", "Lists what is kept of a job's states: checkpoints and its package, oldest first.")
        {
            Job,
        }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var id = new JobId(session.Get(Job));
        await using var neptune = await session.ConnectAsync(cancellation);
        var kept = await neptune.Jobs.CheckpointsAsync(id);
        var output = session.Output;
        var table = output.NewTable("step", "epoch", "when", "loss", "size", "kind", "artifact");
        foreach (var checkpoint in kept)
        {
            table.AddRow(
                new Text(Numbers.Count(checkpoint.Version.Step)),
                new Text($"{checkpoint.Version.Epoch}"),
                new Text(Numbers.Time(checkpoint.At)),
                new Text(Numbers.Loss(checkpoint.Metric)),
                new Text(checkpoint.SizeBytes is { } bytes ? Numbers.Bytes(bytes) : "-"),
                new Text(KindOf(checkpoint)),
                new Text(checkpoint.Artifact)
            );
            output.Event(
                new
                {
                    @event = "checkpoint",
                    step = checkpoint.Version.Step,
                    epoch = checkpoint.Version.Epoch,
                    at = checkpoint.At,
                    metric = Numbers.Finite(checkpoint.Metric),
                    sizeBytes = checkpoint.SizeBytes,
                    kind = KindOf(checkpoint),
                    artifact = checkpoint.Artifact,
                }
            );
        }
        if (kept.Count == 0)
        {
            output.Line($"Job {id} has kept nothing yet: its first checkpoint is still to come.");
        }
        else
        {
            output.Words.Write(table);
            output.Line(
                $"Begin a new job from one by: {session.Suggest($"jobs fork {id} --step {kept[0].Version.Step}")}"
            );
        }
        output.Event(new { @event = "done", count = kept.Count });
    }

    private static string KindOf(CheckpointEntry checkpoint) => checkpoint.IsPackage ? "package" : "checkpoint";
}
