using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;
using Neptune.Contracts;
using Neptune.ModelGraph;
using Neptune.Planning;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>The devices of one silo: each node has a thread for training and shares one for serving.</summary>
public sealed class SiloNodes : INodeWorkers, IAsyncDisposable
{
    private readonly NodeSettings _settings;
    private readonly Dictionary<NodeId, NodeFaults> _faults;
    private readonly TrainingStores _stores;
    private readonly DatasetLibrary _datasets;
    private readonly TrainingRunLoader _loader;
    private readonly RankLinks _links;
    private readonly ConcurrentDictionary<NodeId, RankRun> _runs = [];
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly TimeProvider _time;
    private readonly ILogger<SiloNodes> _logger;
    private NodeDevices? _devices;

    /// <param name="devices">Its devices, which may still start; they are disposed with it.</param>
    /// <param name="settings">What they were started by.</param>
    /// <param name="links">How ranks meet.</param>
    /// <param name="stores">Where data, packages, memberships and checkpoints are.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where errors of ranks are told.</param>
    public SiloNodes(
        Task<NodeDevices> devices,
        NodeSettings settings,
        RankLinks links,
        TrainingStores stores,
        TimeProvider time,
        ILogger<SiloNodes> logger
    )
    {
        _settings = settings;
        _links = links;
        _stores = stores;
        _time = time;
        _logger = logger;
        _faults = settings.Devices.ToDictionary(
            device => new NodeId($"{settings.Host}/{device}"),
            device => new NodeFaults([.. settings.Faults.Where(f => f.Device == device)])
        );
        _datasets = new(stores.Artifacts);
        _loader = new(stores.Artifacts, _datasets);
        Started = StartAsync(devices);
    }

    /// <inheritdoc/>
    public Task Started { get; }

    /// <inheritdoc/>
    public ImmutableArray<NodeInfo> Nodes => Devices.Nodes;

    /// <inheritdoc/>
    public LinkEndpoint? Link => _links.Endpoint;

    /// <inheritdoc/>
    public event Action<IRankRun>? RankStarted;

    /// <inheritdoc/>
    public IRankRun? RunOf(NodeId node) => _runs.GetValueOrDefault(node);

    /// <inheritdoc/>
    public async Task StartRankAsync(RankAssignment assignment)
    {
        var device = Devices.Of(assignment.Node);
        if (IsForAnotherStart(assignment))
        {
            return;
        }
        await _starting.WaitAsync();
        try
        {
            if (_runs.GetValueOrDefault(assignment.Node) is { } run)
            {
                var isSameJob = run.Assignment.Generation.Job == assignment.Generation.Job;
                if (isSameJob && (assignment.Attempt < run.Assignment.Attempt || run.TryAdopt(assignment)))
                {
                    return; // a late order of an attempt that has ended, or one for the rank that runs
                }
                if (!isSameJob)
                {
                    await run.AwaitDepartureAsync();
                }
                if (isSameJob || run.IsWaiting || await run.IsDismissedAsync())
                {
                    run.Abort("the job goes on without it");
                }
                if (!run.HasEnded && !run.IsAborted)
                {
                    throw new ConflictException(
                        $"Node {assignment.Node} works for job {run.Assignment.Generation.Job}, generation "
                            + $"{run.Assignment.Generation.Number}."
                    );
                }
                await run.Completion; // it has done its work, or was told to end, and does within a step
            }
            var started = new RankRun(
                assignment,
                device,
                _loader,
                _stores,
                _links,
                _faults[assignment.Node],
                _time,
                _logger
            );
            _runs[assignment.Node] = started;
            RankStarted?.Invoke(started);
        }
        finally
        {
            _starting.Release();
        }
    }

    // A tree is adopted with all that were members. Where one was in an earlier start of this silo, the scheduler has taken the
    // node from the job meanwhile: it gives it back by recruiting it, or not.
    private bool IsForAnotherStart(RankAssignment assignment) =>
        assignment.Parent is not null
        && assignment.Generation.PlaceOf(assignment.Node)?.Link is { } link
        && link.Process != Link?.Process;

    /// <inheritdoc/>
    public async Task AbortRanksAsync(string reason)
    {
        foreach (var run in _runs.Values)
        {
            run.Abort(reason);
        }
        await Task.WhenAll(_runs.Values.Select(run => run.Completion));
    }

    /// <inheritdoc/>
    public async Task LeaveJobsAsync(string reason, CancellationToken cancellation)
    {
        var running = _runs.Values.Where(run => !run.Completion.IsCompleted).ToArray();
        await Task.WhenAll(running.Select(LeaveAsync)).WaitAsync(cancellation);

        async Task LeaveAsync(RankRun run)
        {
            if (await run.LeaveAsync(reason))
            {
                await run.Completion;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<string> DescribeModuleAsync(ModuleRequest request, CancellationToken cancellation)
    {
        var module = new ModuleRef(request.Module.Name, request.Module.Version, request.Module.Sha256);
        var graph = await OnDeviceAsync(
            () =>
                ModuleDescription.GraphOf(
                    Serving,
                    Serving.Modules.Require(module),
                    request.Settings,
                    Shape.Of([.. request.Sample])
                ),
            cancellation
        );
        return Encoding.UTF8.GetString(GraphJson.Write(graph));
    }

    /// <inheritdoc/>
    public async Task<EvaluationResult> EvaluateAsync(
        NodeId node,
        EvaluationRequest request,
        DatasetInfo dataset,
        CancellationToken cancellation
    )
    {
        if (request.BatchSize < 1)
        {
            throw new InvalidInputException($"The batch size is {request.BatchSize}. Use at least 1.");
        }
        var package = await ReadAsync(request.Package, PackageFile.ReadTraining, cancellation);
        var source = await _datasets.OpenAsync(dataset, request.Dataset.Split, cancellation);
        return await OnDeviceAsync(() => Evaluator.Run(Serving, package, source, request, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public Task<string> PackageCheckpointAsync(
        JobSnapshot job,
        DatasetInfo dataset,
        CheckpointEntry checkpoint,
        CancellationToken cancellation
    ) =>
        new CheckpointPackages(_stores.Artifacts, _datasets).WriteAsync(
            Serving,
            job,
            dataset,
            checkpoint,
            cancellation
        );

    /// <inheritdoc/>
    public async Task<ImmutableArray<NamedTensor>> InferAsync(
        NodeId node,
        string artifact,
        ImmutableArray<NamedTensor> inputs,
        CancellationToken cancellation
    )
    {
        Devices.Of(node);
        var package = await ReadAsync(artifact, PackageFile.ReadInference, cancellation);
        return await OnDeviceAsync(() => TensorRun.Run(Serving, package, inputs), cancellation);
    }

    /// <inheritdoc/>
    public async Task<OptimizationResult> OptimizeAsync(
        NodeId node,
        string artifact,
        double tolerance,
        CancellationToken cancellation
    )
    {
        Devices.Of(node);
        var package = await ReadAsync(artifact, PackageFile.ReadInference, cancellation);
        var optimized = await OnDeviceAsync(() => PackageOptimizer.Optimize(Serving, package, tolerance), cancellation);
        using var file = new MemoryStream();
        PackageFile.Write(optimized.Folded.Package, file);
        file.Position = 0;
        return new()
        {
            Package = await _stores.Artifacts.WriteAsync(file.CopyToAsync, cancellation),
            BatchNormalizations = optimized.Folded.BatchNormalizations,
            Constants = optimized.Folded.Constants,
            Identities = optimized.Folded.Identities,
            LargestDifference = optimized.LargestDifference,
            Runs = optimized.Runs,
        };
    }

    /// <inheritdoc/>
    public async Task<IModelRunner> LoadModelAsync(NodeId node, string artifact, CancellationToken cancellation)
    {
        Devices.Of(node);
        var package = await ReadAsync(artifact, PackageFile.ReadInference, cancellation);
        try
        {
            return await ModelRunner.LoadAsync(Serving, package, cancellation);
        }
        catch (ModuleMissingException error)
        {
            throw Missing(error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await AbortRanksAsync("its silo stops");
        await Started.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // whoever started it was told
        if (_devices is not null)
        {
            await _devices.DisposeAsync();
        }
        _datasets.Dispose();
        _links.Dispose();
        _starting.Dispose();
    }

    // The silo serves nobody before they have started.
    private NodeDevices Devices =>
        _devices ?? throw new InvalidOperationException("The silo's devices have not started.");

    private TorchDevice Serving => Devices.Serving;

    private async Task StartAsync(Task<NodeDevices> devices) => _devices = await devices;

    // Says which silo it is.
    private MissingModuleException Missing(ModuleMissingException error) =>
        new($"Silo {_settings.Host}: {error.Message}");

    private async Task<T> OnDeviceAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        try
        {
            return await Serving.RunAsync(work, cancellation);
        }
        catch (ModuleMissingException error)
        {
            throw Missing(error);
        }
        catch (Exception error) when (error is ArgumentException or GraphException)
        {
            throw new InvalidInputException(error.Message, error);
        }
    }

    private async Task<T> ReadAsync<T>(string artifact, Func<Stream, string, T> read, CancellationToken cancellation)
    {
        var bytes = await _stores.Artifacts.ReadAsync(artifact, cancellation);
        try
        {
            return read(new MemoryStream(bytes), _stores.Artifacts.PathOf(artifact));
        }
        catch (PackageException error)
        {
            throw new InvalidInputException(error.Message, error);
        }
    }
}
