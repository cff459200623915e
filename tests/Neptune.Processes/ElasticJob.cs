using System.Text;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Processes;

/// <summary>A job that trains until it is ended, and is then compared with a quiet one of as many steps.</summary>
public sealed class ElasticJob
{
    private readonly SiloCluster _cluster;
    private readonly JobSpec _spec;

    private ElasticJob(SiloCluster cluster, JobSpec spec, JobId id) => (_cluster, _spec, Id) = (cluster, spec, id);

    /// <summary>The job.</summary>
    public JobId Id { get; }

    /// <summary>Starts to train a small network on handwritten digits, in eight shards a step.</summary>
    public static async Task<ElasticJob> StartAsync(SiloCluster cluster, int nodes) =>
        await StartAsync(cluster, nodes, await cluster.Client.Data.DigitsAsync());

    /// <summary>The same with epochs of a thousand steps, so that thousands of them do not gather in minutes.</summary>
    public static async Task<ElasticJob> StartWithLongEpochsAsync(SiloCluster cluster, int nodes)
    {
        const int samples = 36_000;
        var random = new Random(1);
        var features = Enumerable.Range(0, samples * 64).Select(_ => random.NextSingle()).ToArray();
        var classes = Enumerable.Range(0, samples).Select(_ => random.NextInt64(10)).ToArray();
        var data = await cluster.Client.Data.FromArraysAsync(
            "noise",
            [8, 8, 1],
            [.. Enumerable.Range(0, 10).Select(i => $"{i}")],
            new Dictionary<string, (float[], long[])> { ["train"] = (features, classes) }
        );
        return await StartAsync(cluster, nodes, data);
    }

    private static async Task<ElasticJob> StartAsync(SiloCluster cluster, int nodes, DatasetView data)
    {
        var graph = Sequential
            .Of(Flatten(), Dense(64, Relu), Dense(64, Relu), Dense(10, Softmax))
            .Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()])
            .Build(Shape.Of(8, 8, 1));
        var spec = new JobSpec
        {
            TrainingGraphJson = Encoding.UTF8.GetString(GraphJson.Write(graph)),
            Dataset = data.Ref,
            Epochs = 10_000_000,
            ValidationSplit = 0.1,
            PerDeviceBatchSize = 4, // of the digits 51 steps an epoch: most events meet a step, and some a validation
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
        var before = (await GetAsync()).Step;
        return await _cluster.UntilAsync(Id, snapshot => snapshot.Step > before + steps);
    }

    /// <summary>Waits until so many nodes train it.</summary>
    public Task<JobSnapshot> OnNodesAsync(int nodes) =>
        _cluster.UntilAsync(Id, snapshot => snapshot.Ranks.Length == nodes);

    /// <summary>The job as it is.</summary>
    public Task<JobSnapshot> GetAsync() => _cluster.Client.Jobs.GetAsync(Id);

    /// <summary>Waits until the job's history has such a change.</summary>
    public async Task<GenerationChange> ChangeAsync(Func<GenerationChange, bool> isSuch, NeptuneClient? client = null)
    {
        var snapshot = await _cluster.UntilAsync(Id, s => s.Generations.Any(isSuch), client);
        return snapshot.Generations.First(isSuch);
    }

    /// <summary>Waits until the job goes on without a node.</summary>
    public Task<GenerationChange> WithoutAsync(NodeId node, int after, NeptuneClient? client = null) =>
        ChangeAsync(change => change.Number > after && change.Left.Any(d => d.Node == node), client);

    /// <summary>The same change with its pause, once that is known; without, where it never will be.</summary>
    public async Task<GenerationChange> PauseOfAsync(GenerationChange change)
    {
        var snapshot = await _cluster.UntilAsync(
            Id,
            // A later change means that nobody will say any more how long it took.
            s => s.Generation > change.Number || s.Generations.Any(c => IsDone(c, change))
        );
        return snapshot.Generations.First(c => c.Number == change.Number);
    }

    /// <summary>Ends the job where it is, and trains another one quietly to that step.</summary>
    /// <param name="nodes">Of the quiet one.</param>
    /// <returns>The last views of both.</returns>
    public async Task<(JobSnapshot Own, JobSnapshot Quiet)> EndAndRepeatAsync(int nodes = 1)
    {
        await _cluster.Client.Jobs.CancelAsync(Id);
        var own = await EndOfAsync(Id);
        var quiet = await _cluster.Client.Jobs.SubmitAsync(
            _spec with
            {
                Nodes = nodes,
                StopAtStep = own.Package!.Step,
            }
        );
        return (own, await EndOfAsync(quiet.Id));
    }

    private static bool IsDone(GenerationChange known, GenerationChange wanted) =>
        known.Number == wanted.Number && known.PauseSeconds is not null;

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
