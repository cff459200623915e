using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Neptune.Collectives;
using Neptune.Contracts;
using Neptune.ModelGraph;
using Neptune.Planning;
using Neptune.Storage;
using Neptune.Torch;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Worker.Tests;

/// <summary>Runs ranks on real devices without grains: the memberships and cuts are the test's own.</summary>
public sealed class RankHarness : IAsyncLifetime
{
    private const int Devices = 5;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"neptune-test-{Guid.NewGuid():N}");
    private SqliteDatabase _database = null!;
    private SiloNodes _nodes = null!;
    private DatasetLibrary _datasets = null!;
    private WatchedMemberships _memberships = null!;
    private int _jobs;

    public ArtifactStore Artifacts { get; private set; } = null!;

    public IMembershipStore Memberships => _memberships;

    /// <summary>Called when a rank has spoken, before it goes on.</summary>
    public Action<JobId, RankStatement>? Stated
    {
        get => _memberships.Stated;
        set => _memberships.Stated = value;
    }

    /// <summary>Which checkpoints the jobs have.</summary>
    public ICheckpointIndex Checkpoints => _database.Checkpoints();

    internal TrainingRunLoader Loader => new(Artifacts, _datasets);

    public async ValueTask InitializeAsync()
    {
        Artifacts = new(_folder);
        _datasets = new(Artifacts);
        _database = SqliteDatabase.Open(Path.Combine(_folder, "state.db"));
        _memberships = new(_database.Memberships());
        var settings = new NodeSettings
        {
            Host = "local",
            Devices = [.. Enumerable.Range(0, Devices).Select(d => $"cpu:{d}")],
        };
        _nodes = new(
            NodeDevices.StartAsync(settings),
            settings,
            new(),
            new(Artifacts, _memberships, _database.Checkpoints()),
            TimeProvider.System,
            NullLogger<SiloNodes>.Instance
        );
        await _nodes.Started;
    }

    public async ValueTask DisposeAsync()
    {
        await _nodes.DisposeAsync();
        _datasets.Dispose();
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Samples of 8x8x1 features in 3 classes, drawn by a seed.</summary>
    public async Task<DatasetInfo> DataAsync(int count)
    {
        var random = new KeyedRandom(KeyedRandom.Key(5, "data"));
        var features = new float[count * 64];
        var classes = new long[count];
        for (var i = 0; i < count; i++)
        {
            classes[i] = random.NextBelow(3);
            for (var p = 0; p < 64; p++)
            {
                features[(i * 64) + p] = (float)(random.NextDouble() + (p % 3 == classes[i] ? 0.5 : 0));
            }
        }
        return await new ArtifactDatasetImporter(Artifacts).ImportAsync(
            new("drawn"),
            new()
            {
                Format = "arrays",
                FeatureShape = [8, 8, 1],
                Labels = ["a", "b", "c"],
                Files =
                [
                    new("train", "", "features", await StoreAsync(MemoryMarshal.AsBytes(features.AsSpan()).ToArray())),
                    new("train", "", "classes", await StoreAsync(MemoryMarshal.AsBytes(classes.AsSpan()).ToArray())),
                ],
            },
            TestContext.Current.CancellationToken
        );
    }

    /// <summary>A spec that trains a model on data.</summary>
    public static JobSpec Spec(Sequential model, DatasetInfo data, int shards, int perDevice, int epochs) =>
        new()
        {
            TrainingGraphJson = Encoding.UTF8.GetString(GraphJson.Write(model.Build(Shape.Of([.. data.FeatureShape])))),
            Dataset = new(data.Name, 1, "train"),
            Epochs = epochs,
            ValidationSplit = 0.2,
            PerDeviceBatchSize = perDevice,
            Shards = shards,
            Seed = 11,
            Model = new("model"),
        };

    /// <summary>Runs one rank for each range, and gives their last reports in order.</summary>
    public async Task<ImmutableArray<ShardReport>> RunAsync(
        JobSpec spec,
        DatasetInfo data,
        params IReadOnlyList<ShardRange> ranges
    )
    {
        var runs = await StartAsync(spec, data, ranges);
        await Task.WhenAll(runs.Select(r => r.Completion)).WaitAsync(TimeSpan.FromMinutes(1));
        return [.. runs.Select(r => r.Progress)];
    }

    /// <summary>Starts one rank for each range.</summary>
    public async Task<ImmutableArray<IRankRun>> StartAsync(
        JobSpec spec,
        DatasetInfo data,
        IReadOnlyList<ShardRange> ranges
    )
    {
        var generation = new Generation
        {
            Job = NewJob(),
            Number = 1,
            Token = "token",
            Ranks = [.. ranges.Select((range, rank) => new RankPlacement(rank, new($"local/cpu:{rank}"), range))],
        };
        Assert.True(await Memberships.TryAppendAsync(generation));
        return
        [
            .. await Task.WhenAll(generation.Ranks.Select(place => StartAsync(spec, data, generation, place.Node))),
        ];
    }

    /// <summary>Starts a rank in a generation that has a place for it, or that it joins later.</summary>
    public async Task<IRankRun> StartAsync(JobSpec spec, DatasetInfo data, Generation generation, NodeId node)
    {
        await _nodes.StartRankAsync(
            new()
            {
                Spec = spec,
                Generation = generation,
                Attempt = generation.Attempt,
                Node = node,
                Dataset = data with { Version = 1 },
            }
        );
        return _nodes.RunOf(node)!;
    }

    /// <summary>What a rank of one that has all shards is to do.</summary>
    internal RankAssignment AssignmentOf(JobSpec spec, DatasetInfo data)
    {
        var node = new NodeId("local/cpu:0");
        return new()
        {
            Spec = spec,
            Generation = new()
            {
                Job = new($"job-{Interlocked.Increment(ref _jobs)}"),
                Number = 1,
                Token = "token",
                Ranks = [new(0, node, new(0, spec.Shards))],
            },
            Node = node,
            Dataset = data with { Version = 1 },
        };
    }

    /// <summary>Convolution, batch normalization and dropout: whatever a rank's state may have in it.</summary>
    public static Sequential ConvolutionalModel(float rate) =>
        Sequential
            .Of(
                Conv2D(4, 3, padding: Padding.Same),
                BatchNormalization(),
                Activate(Relu),
                Flatten(),
                Dropout(0.3f),
                Dense(3, Softmax)
            )
            .Compile(Adam(rate), SparseCategoricalCrossentropy(), [Accuracy()]);

    /// <summary>Trains by one loop that has all shards, and looks at it.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="data">Its data.</param>
    /// <param name="before">Called before the first step.</param>
    /// <param name="stepEnded">Called after each step.</param>
    /// <param name="result">What is looked at, in the end.</param>
    internal async Task<T> TrainAloneAsync<T>(
        JobSpec spec,
        DatasetInfo data,
        Action<StepLoop> before,
        Action<StepLoop> stepEnded,
        Func<StepLoop, T> result
    )
    {
        var assignment = AssignmentOf(spec, data);
        var cancellation = TestContext.Current.CancellationToken;
        var run = await Loader.LoadAsync(assignment, cancellation);
        await using var device = await TorchDevice.StartAsync("cpu:0", cancellation: cancellation);
        return await device.RunAsync(
            () =>
            {
                var progress = new RankProgress(assignment.Generation.Job, assignment.Node);
                var clock = new StepClock(TimeProvider.System.GetUtcNow());
                using var loop = new StepLoop(run, device, progress, clock, new(), new(), new([]));
                before(loop);
                using var alone = new InMemoryGroups().Join("alone", 1, 0, 1);
                loop.Run(
                    alone,
                    assignment.Generation,
                    assignment.Generation.Ranks[0],
                    _ => { },
                    () => stepEnded(loop),
                    cancellation
                );
                return result(loop);
            },
            cancellation
        );
    }

    /// <summary>Copies a job's checkpoint into a package, as for a fork.</summary>
    public Task<string> PackageAsync(JobId job, JobSpec spec, DatasetInfo data, CheckpointEntry checkpoint) =>
        _nodes.PackageCheckpointAsync(
            new()
            {
                Id = job,
                Phase = JobPhase.Running,
                Spec = spec,
            },
            data,
            checkpoint,
            TestContext.Current.CancellationToken
        );

    /// <summary>Waits until something is so.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!isSo())
        {
            await Task.Delay(5, timeout.Token);
        }
    }

    /// <summary>A job that nobody had before.</summary>
    public JobId NewJob() => new($"job-{Interlocked.Increment(ref _jobs)}");

    private Task<string> StoreAsync(byte[] bytes) =>
        Artifacts.WriteAsync((ReadOnlyMemory<byte>)bytes, TestContext.Current.CancellationToken);
}
