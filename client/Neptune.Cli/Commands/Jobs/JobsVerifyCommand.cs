using System.CommandLine;
using Neptune.Client;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune jobs verify</c>.</summary>
internal static class JobsVerifyCommand
{
    private static readonly Argument<string> Job = JobArgument.Create();
    private static readonly Option<int?> Nodes = NumberOption.Optional(
        "--nodes",
        "On how many nodes to train again; as many as the job had by default."
    );
    private static readonly Option<long?> From = NumberOption.Step(
        "--from",
        "Begin after this step, of which the job has kept a version; where the job began by default."
    );

    public static Command Create() =>
        new Command(
            "verify",
            "Trains again what a job has trained that has ended, and compares the bits: exit code 0 if they are equal."
        )
        {
            Job,
            Nodes,
            From,
        }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var id = new JobId(session.Get(Job));
        await using var neptune = await JobCluster.ConnectAsync(session, id, session.Get(Nodes), cancellation);
        var result = await TrainingView.ShowAsync(
            session.Output,
            progress => neptune.Jobs.VerifyAsync(id, session.Get(Nodes), session.Get(From), progress, cancellation)
        );
        Show(session.Output, result);
        if (!result.IsEqual)
        {
            throw new NeptuneException(
                $"Job {id} has other bits at step {result.Expected.Step} than training again gives. {Remedy(result)}"
            );
        }
    }

    private static string Remedy(JobVerification result) =>
        result.HasSameNumerics == false
            ? $"The numerics of the nodes are others: then {result.Expected.NumericsFingerprint}; now "
                + $"{result.Found.NumericsFingerprint}. Verify on nodes of the former."
            : "A node computes wrongly, then or now: verify again on other nodes to find out which.";

    private static void Show(Output output, JobVerification result)
    {
        var (expected, found) = (result.Expected, result.Found);
        output.Line();
        output.Line($"Job        {result.Job.Id}, trained again by {result.Again.Id} to step {expected.Step}");
        output.Line($"Weights    {InWords(result.HasEqualWeights)}  {expected.WeightsSha256}");
        if (!result.HasEqualWeights)
        {
            output.Line($"           again       {found.WeightsSha256}");
        }
        output.Line($"Optimizer  {InWords(result.HasEqualOptimizer)}  {expected.OptimizerSha256}");
        if (result.HasEqualOptimizer == false)
        {
            output.Line($"           again       {found.OptimizerSha256}");
        }
        output.Event(
            new
            {
                @event = "done",
                job = result.Job.Id.Value,
                again = result.Again.Id.Value,
                step = expected.Step,
                nodes = result.Again.Ranks.Length,
                isEqual = result.IsEqual,
                hasEqualWeights = result.HasEqualWeights,
                hasEqualOptimizer = result.HasEqualOptimizer,
                hasSameNumerics = result.HasSameNumerics,
                weightsSha256 = expected.WeightsSha256,
                weightsSha256Again = found.WeightsSha256,
                optimizerSha256 = expected.OptimizerSha256,
                optimizerSha256Again = found.OptimizerSha256,
            }
        );
    }

    private static string InWords(bool? isEqual) =>
        isEqual switch
        {
            true => "equal    ",
            false => "not equal",
            null => "not known",
        };
}
