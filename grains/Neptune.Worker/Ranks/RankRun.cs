using Microsoft.Extensions.Logging;
using Neptune.Collectives;
using Neptune.Contracts;
using Neptune.ModelGraph;
using Neptune.Planning;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>A rank from loading to its end.</summary>
#pragma warning disable CA1001 // the source is without a timer: it holds nothing to free, and Abort may come at any time
internal sealed partial class RankRun : IRankRun
#pragma warning restore CA1001
{
    private readonly RankAssignment _assignment;
    private readonly TorchDevice _device;
    private readonly TrainingRunLoader _loader;
    private readonly IArtifactStore _artifacts;
    private readonly Func<CancellationToken, Task<ICollective>> _join;
    private readonly RankProgress _progress;
    private readonly StepClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _abort = new();
    private volatile bool _stopRequested;
    private volatile string? _abortReason;
    private volatile ICollective? _collective; // null until the ranks have met

    public RankRun(
        RankAssignment assignment,
        TorchDevice device,
        TrainingRunLoader loader,
        IArtifactStore artifacts,
        Func<CancellationToken, Task<ICollective>> join,
        TimeProvider time,
        ILogger logger
    )
    {
        _assignment = assignment;
        _device = device;
        _loader = loader;
        _artifacts = artifacts;
        _join = join;
        _time = time;
        _logger = logger;
        _progress = new(assignment);
        _clock = new(time.GetUtcNow());
        Completion = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public ShardReport Progress => _progress.Report with { Times = _clock.Times };

    /// <inheritdoc/>
    public RankTrace Trace => _clock.TraceOf(_assignment.Rank, _assignment.Placement.Node);

    /// <inheritdoc/>
    public Task Completion { get; }

    /// <inheritdoc/>
    public void RequestStop() => _stopRequested = true;

    /// <inheritdoc/>
    public void Abort(string reason)
    {
        _abortReason ??= reason;
        _collective?.Abort(reason);
        _abort.Cancel();
    }

    private async Task RunAsync()
    {
        try
        {
            _collective = await _join(_abort.Token);
            var run = await _loader.LoadAsync(_assignment, _abort.Token);
            await TrainAsync(run, _collective);
        }
#pragma warning disable CA1031 // whatever ends a rank is reported to its job
        catch (Exception error)
        {
            Fail(error);
        }
#pragma warning restore CA1031
        finally
        {
            _collective?.Dispose();
        }
    }

    private async Task TrainAsync(TrainingRun run, ICollective collective)
    {
        var keeper = new PackageKeeper(run, _artifacts, _progress, _device.Fingerprint.Text, _time);
        var isFirst = _assignment.Rank == 0;
        try
        {
            var (stopped, sha256, last) = await _device.RunAsync(
                () => Train(run, collective, isFirst ? keeper : null),
                _abort.Token
            );
            if (last is not null)
            {
                await keeper.KeepLastAsync(last);
            }
            _progress.End(sha256, stopped);
        }
        finally
        {
            await keeper.FlushAsync();
        }
    }

    // On the device's thread, for as long as the rank trains.
    private (bool Stopped, string Sha256, TrainingPackage? Last) Train(
        TrainingRun run,
        ICollective collective,
        PackageKeeper? keeper
    )
    {
        using var loop = new StepLoop(run, _device, collective, _progress, _clock, () => _stopRequested);
        _progress.Begin(
            loop.Position.Step,
            run.TotalSteps,
            run.From?.History.Select(epoch => epoch.ToReport()) ?? [],
            run.Graph.Metrics.OfType<Metric.Accuracy>().Any()
        );
        var finished = loop.Run(_ => keeper?.KeepIfDue(loop.Replica, loop.Position), _abort.Token);
        return (!finished, loop.Replica.WeightsSha256(), keeper?.Copy(loop.Replica, loop.Position));
    }

    private void Fail(Exception error)
    {
        var isConsequence =
            error
            is CollectiveAbortedException
                or OperationCanceledException
                or NonFiniteLossException { IsElsewhere: true };
        var message = isConsequence && _abortReason is { } reason ? reason : error.Message;
        if (!isConsequence)
        {
            LogFailed(error, _assignment.Generation.Job, _assignment.Rank);
        }
        _progress.Fail(message, isConsequence);
        _collective?.Abort($"rank {_assignment.Rank} ended: {message}");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job}: rank {Rank} has failed")]
    private partial void LogFailed(Exception error, JobId job, int rank);
}
