using System.Text;
using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Processes;

/// <summary>A job that trains until it is ended, and is then compared with a quiet one of as many steps on one node.</summary>
public sealed class ElasticJob
{
    private readonly SiloCluster _cluster;
    private readonly JobSpec _spec;

    private ElasticJob(SiloCluster cluster, JobSpec spec, JobId id) => (_cluster, _spec, Id) = (cluster, spec, id);

    /// <summary>The job.</summary>
    public JobId Id { get; }

    /// <summary>Starts to train a small network on handwritten digits, in eight shards a step.</summary>
    public static async Task<ElasticJob> StartAsync(SiloCluster cluster, int nodes)
    {
        var graph = Sequential
            .Of(Flatten(), Dense(64, Relu), Dense(64, Relu), Dense(10, Softmax))
            .Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()])
            .Build(Shape.Of(8, 8, 1));
        var spec = new JobSpec
        {
            TrainingGraphJson = Encoding.UTF8.GetString(GraphJson.Write(graph)),
            Dataset = (await cluster.Client.Data.DigitsAsync()).Ref,
            Epochs = 10_000_000,
            Shards = 8,
            Seed = 11,
            Nodes = nodes,
            Model = new("elastic"),
            CheckpointInterval = TimeSpan.FromSeconds(1),
        };
        var job = await cluster.Client.Jobs.SubmitAsync(spec);
        return new(cluster, spec, job.Id);
    }

    /// <summary>Waits until the job has done some steps more.</summary>
    public async Task<JobSnapshot> StepsMoreAsync(long steps)
    {
        var before = (await _cluster.Client.Jobs.GetAsync(Id)).Step;
        return await _cluster.UntilAsync(Id, snapshot => snapshot.Step > before + steps);
    }

    /// <summary>Waits until the job's history has such a change, whose pause is known.</summary>
    public async Task<GenerationChange> ChangeAsync(Func<GenerationChange, bool> isSuch)
    {
        var snapshot = await _cluster.UntilAsync(Id, s => s.Generations.Any(c => isSuch(c) && IsDone(c, s)));
        return snapshot.Generations.First(isSuch);
    }

    /// <summary>Ends the job where it is, and trains another one quietly, on one node, to that step.</summary>
    /// <returns>The step, and the SHA-256 of both jobs' weights.</returns>
    public async Task<(long Step, string Own, string Quiet)> EndAndRepeatAsync()
    {
        await _cluster.Client.Jobs.CancelAsync(Id);
        var own = await EndOfAsync(Id);
        var quiet = await _cluster.Client.Jobs.SubmitAsync(_spec with { Nodes = 1, StopAtStep = own.Package!.Step });
        return (own.Package.Step, own.Package.WeightsSha256, (await EndOfAsync(quiet.Id)).Package!.WeightsSha256);
    }

    // A later change means that nobody will say any more how long it took.
    private static bool IsDone(GenerationChange change, JobSnapshot job) =>
        change.PauseSeconds is not null || job.Generation > change.Number;

    private async Task<JobSnapshot> EndOfAsync(JobId job)
    {
        var last = await _cluster.Client.Jobs.GetAsync(job);
        await foreach (var snapshot in _cluster.Client.Jobs.WatchAsync(job))
        {
            last = snapshot;
        }
        return last.Phase == JobPhase.Cancelled
            ? last
            : throw new InvalidOperationException($"Job {job} is {last.Phase}: {last.Reason}");
    }
}
