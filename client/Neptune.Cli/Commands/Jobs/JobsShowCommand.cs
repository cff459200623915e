using System.CommandLine;
using Neptune.Contracts;
using Spectre.Console;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune jobs show</c>.</summary>
internal static class JobsShowCommand
{
    private static readonly Argument<string> Job = JobArgument.Create();

    public static Command Create() =>
        new Command("show", "Shows a job: phase, nodes, epochs, package.") { Job }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var id = new JobId(session.Get(Job));
        await using var neptune = await session.ConnectAsync(cancellation);
        var job = await neptune.Jobs.GetAsync(id);
        var output = session.Output;
        var phase = job.Phase.ToString().ToLowerInvariant();
        output.Line($"Job      {job.Id}");
        output.Line($"Phase    {phase}{(job.Reason.Length > 0 ? $": {job.Reason}" : "")}");
        output.Line($"Model    {job.Spec.Model}");
        if (job.Spec.From is { } from)
        {
            output.Line($"From     {from}");
        }
        if (job.Spec.Verifies is { } verified)
        {
            output.Line($"Verifies {verified}");
        }
        output.Line($"Data     {job.Spec.Dataset}");
        output.Line($"Seed     {job.Spec.Seed}");
        output.Line(
            $"Step     {job.Step} of {job.TotalSteps} ({job.Spec.Shards} shards of {job.Spec.PerDeviceBatchSize} samples)"
        );
        output.Line($"Speed    {Numbers.Count(job.SamplesPerSecond)} samples/s");
        if (!job.HasEnded)
        {
            output.Line($"Managed  by silo {job.Coordinator}");
        }
        if (job.Times.Steps > 0)
        {
            output.Line($"Time     {JobWords.Describe(job.Times)}");
        }
        if (job.NumericsDiffer)
        {
            output.Line($"Bits     {JobWords.NumericsDiffer}");
        }
        if (job.Package is { } package)
        {
            output.Line($"Package  {package.Path}");
            output.Line($"Weights  {package.WeightsSha256} (SHA-256, step {package.Step})");
        }
        if (!job.Ranks.IsEmpty)
        {
            output.Line();
            output.Words.Write(ShardTree.Draw(job, output.IsRich));
        }
        ShowGenerations(output, job);
        ShowEpochs(output, job);
        output.Event(JobWords.ToJson(job, "done"));
    }

    private static void ShowGenerations(Output output, JobSnapshot job)
    {
        if (job.Generations.Length < 2)
        {
            return; // nobody came or went
        }
        output.Line();
        var table = output.NewTable("generation", "since", "nodes", "from step", "steps lost", "pause", "why");
        foreach (var generation in job.Generations)
        {
            table.AddRow(
                new Text($"{generation.Number}"),
                new Text(Numbers.Time(generation.At)),
                new Text($"{generation.WorldSize}"),
                new Text(Numbers.Count(generation.From.Step)),
                new Text(Numbers.Count(generation.StepsLost)),
                new Text(generation.PauseSeconds is { } pause ? $"{pause:0.00} s" : "-"),
                new Text(generation.Cause)
            );
        }
        output.Words.Write(table);
    }

    private static void ShowEpochs(Output output, JobSnapshot job)
    {
        if (job.Epochs.IsEmpty)
        {
            return;
        }
        output.Line();
        var metrics = job.Epochs[^1].Metrics;
        var table = output.NewTable([
            "epoch",
            "loss",
            "accuracy",
            "validation loss",
            "validation accuracy",
            .. metrics.Select(m => m.Name),
            .. metrics.Where(m => m.Validation is not null).Select(m => $"validation {m.Name}"),
        ]);
        foreach (var epoch in job.Epochs)
        {
            double?[] numbers =
            [
                epoch.Loss,
                epoch.Accuracy,
                epoch.ValidationLoss,
                epoch.ValidationAccuracy,
                .. epoch.Metrics.Select(m => (double?)m.Value),
                .. epoch.Metrics.Select(m => m.Validation).Where(v => v is not null),
            ];
            table.AddRow([
                new Text($"{epoch.Epoch}{JobWords.StepsOf(epoch)}"),
                .. numbers.Select(number => new Text(Numbers.Loss(number))),
            ]);
        }
        output.Words.Write(table);
    }
}
