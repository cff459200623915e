using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Neptune.Contracts;
using Neptune.ModelGraph;
using Neptune.Planning;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>The devices of one silo: each node has a thread for training and shares one for serving.</summary>
public sealed class SiloNodes : INodeWorkers, IAsyncDisposable
{
    private readonly Dictionary<NodeId, TorchDevice> _devices;
    private readonly TorchDevice _serving;
    private readonly IArtifactStore _artifacts;
    private readonly DatasetLibrary _datasets;
    private readonly TrainingRunLoader _loader;
    private readonly RankLinks _links;
    private readonly IMembershipStore _memberships;
    private readonly ConcurrentDictionary<NodeId, RankRun> _runs = [];
    private readonly TimeProvider _time;
    private readonly ILogger<SiloNodes> _logger;

    private SiloNodes(
        NodeSettings settings,
        Dictionary<NodeId, TorchDevice> devices,
        TorchDevice serving,
        RankLinks links,
        IMembershipStore memberships,
        IArtifactStore artifacts,
        TimeProvider time,
        ILogger<SiloNodes> logger
    )
    {
        _links = links;
        _memberships = memberships;
        _devices = devices;
        _serving = serving;
        _artifacts = artifacts;
        _time = time;
        _logger = logger;
        _datasets = new(artifacts);
        _loader = new(artifacts, _datasets);
        Nodes =
        [
            .. devices.Select(d => new NodeInfo
            {
                Id = d.Key,
                Threads = d.Value.Threads,
                NumericsFingerprint = d.Value.Fingerprint.Text,
                MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
                Labels = settings.Labels,
                Gflops = d.Value.Gflops,
            }),
        ];
    }

    /// <inheritdoc/>
    public ImmutableArray<NodeInfo> Nodes { get; }

    /// <inheritdoc/>
    public LinkEndpoint? Link => _links.Endpoint;

    /// <summary>Starts the devices.</summary>
    /// <param name="settings">Which.</param>
    /// <param name="links">How ranks meet.</param>
    /// <param name="memberships">Where memberships of jobs are decided.</param>
    /// <param name="artifacts">Where data and packages lie.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where errors of ranks are told.</param>
    public static async Task<SiloNodes> StartAsync(
        NodeSettings settings,
        RankLinks links,
        IMembershipStore memberships,
        IArtifactStore artifacts,
        TimeProvider time,
        ILogger<SiloNodes> logger
    )
    {
        var started = new Dictionary<NodeId, TorchDevice>();
        foreach (var device in settings.Devices)
        {
            started.Add(new($"{settings.Host}/{device}"), await TorchDevice.StartAsync(device, settings.Threads));
        }
        var serving = await TorchDevice.StartAsync(settings.Devices[0], settings.Threads);
        return new(settings, started, serving, links, memberships, artifacts, time, logger);
    }

    /// <inheritdoc/>
    public IRankRun StartRank(RankAssignment assignment)
    {
        var run = new RankRun(
            assignment,
            DeviceOf(assignment.Node),
            _loader,
            _artifacts,
            _links,
            _memberships,
            _time,
            _logger
        );
        _runs[assignment.Node] = run;
        return run;
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
        return await OnDeviceAsync(() => Evaluator.Run(_serving, package, source, request, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public async Task<IModelRunner> LoadModelAsync(NodeId node, string artifact, CancellationToken cancellation)
    {
        DeviceOf(node);
        var package = await ReadAsync(artifact, PackageFile.ReadInference, cancellation);
        return await ModelRunner.LoadAsync(_serving, package, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices.Values)
        {
            await device.DisposeAsync();
        }
        await _serving.DisposeAsync();
        _datasets.Dispose();
        _links.Dispose();
    }

    private async Task<T> OnDeviceAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        try
        {
            return await _serving.RunAsync(work, cancellation);
        }
        catch (Exception error) when (error is ArgumentException or GraphException)
        {
            throw new InvalidInputException(error.Message, error);
        }
    }

    private async Task<T> ReadAsync<T>(string artifact, Func<Stream, string, T> read, CancellationToken cancellation)
    {
        var bytes = await _artifacts.ReadAsync(artifact, cancellation);
        try
        {
            return read(new MemoryStream(bytes), _artifacts.PathOf(artifact));
        }
        catch (PackageException error)
        {
            throw new InvalidInputException(error.Message, error);
        }
    }

    private TorchDevice DeviceOf(NodeId node) =>
        _devices.GetValueOrDefault(node)
        ?? throw new NotFoundException(
            $"This silo has no node {node}. It has {string.Join(", ", _devices.Keys.Select(n => n.Value))}."
        );
}
