using System.CommandLine;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune jobs fork</c>.</summary>
internal static class JobsForkCommand
{
    private static readonly Argument<string> Job = JobArgument.Create();
    private static readonly Option<long?> Step = NumberOption.Step(
        "--step",
        "Begin after this step, of which a version is kept; the newest by default."
    );
    private static readonly Option<double?> LearningRate = NumberOption.Above0(
        "--learning-rate",
        "The step size from there on.",
        "RATE",
        1e6
    );
    private static readonly Option<string?> Optimizer = new("--optimizer")
    {
        Description =
            "All of the optimizer's numbers from there on, as `neptune train` takes them; its kind must stay.",
        HelpName = "NAME[:RATE]",
    };
    private static readonly Option<int?> Epochs = NumberOption.Optional(
        "--epochs",
        "Passes over the data, those of the other job counted."
    );
    private static readonly Option<int?> Nodes = NumberOption.Optional(
        "--nodes",
        "How many nodes to use. The weights' bits do not depend on it."
    );
    private static readonly Option<string?> Name = new("--name")
    {
        Description = "The model's name in the registry; that of the other job by default.",
        HelpName = "MODEL",
    };
    private static readonly Option<string?> Id = new("--id")
    {
        Description = "The new job's id; made up by default.",
        HelpName = "JOB",
    };

    public static Command Create()
    {
        var command = new Command(
            "fork",
            "Begins a new job from a kept version of another one, with other hyper-parameters from there on."
        )
        {
            Job,
            Step,
            LearningRate,
            Optimizer,
            Epochs,
            Nodes,
            Name,
            Id,
        };
        foreach (var option in CheckpointOptions.All)
        {
            command.Add(option);
        }
        return command.Runs(RunAsync);
    }

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var job = new JobId(session.Get(Job));
        JobId? id = session.Get(Id) is { } text ? new JobId(text) : null;
        if (session.IsGiven(Optimizer) && session.IsGiven(LearningRate))
        {
            throw new UsageException("Give --learning-rate or --optimizer, not both: an optimizer has its rate.");
        }
        var changes = new JobFork
        {
            Step = session.Get(Step),
            LearningRate = (float?)session.Get(LearningRate),
            Optimizer = session.Get(Optimizer) is { } optimizer ? ModelText.ParseOptimizer(optimizer) : null,
            Epochs = session.Get(Epochs),
            Nodes = session.Get(Nodes),
            Model = session.Get(Name) is { } name ? new ModelName(name) : null,
            CheckpointInterval = CheckpointOptions.Interval(session),
        };
        await using var neptune = await JobCluster.ConnectAsync(session, job, session.Get(Nodes), cancellation);
        var known = await neptune.Jobs.GetAsync(job);
        var history = await TrainingCommand.FollowAsync(
            session,
            async progress =>
            {
                var retention = CheckpointOptions.Retention(session, known.Spec.Retention);
                var fork = await neptune.Jobs.ForkAsync(job, changes with { Retention = retention }, id);
                return await neptune.Jobs.WaitAsync(fork.Id, progress, cancellation);
            }
        );
        TrainingCommand.ShowResult(session, history);
    }
}
