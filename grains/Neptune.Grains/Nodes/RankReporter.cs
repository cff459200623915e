using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Grains;

/// <summary>
/// Reports the progress of a silo's ranks up their trees, a few times a second, until the last report of each has arrived.
/// No grain's activation is needed for it: those come and go when other silos die.
/// </summary>
internal sealed partial class RankReporter(
    IGrainFactory grains,
    INodeWorkers workers,
    TimeProvider time,
    ILogger<RankReporter> logger
) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(350);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<IRankRun, Task> _pumps = [];
    private readonly CancellationTokenSource _ending = new();

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) =>
        observer.Subscribe(nameof(RankReporter), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose() => _ending.Dispose();

    private Task StartAsync(CancellationToken cancellation)
    {
        workers.RankStarted += Follow;
        return Task.CompletedTask;
    }

    // What still runs ends without a report: its job is not at fault, and is looked after by others. Last reports of what
    // has ended may still be heard.
    private async Task StopAsync(CancellationToken cancellation)
    {
        workers.RankStarted -= Follow;
        var last = _pumps.Where(pump => pump.Key.Completion.IsCompleted).Select(pump => pump.Value);
        await Task.WhenAny(Task.WhenAll(last), Task.Delay(Farewell, time, cancellation));
        await _ending.CancelAsync();
        await Task.WhenAll(_pumps.Values);
        await workers.AbortRanksAsync("its silo stops");
    }

    private void Follow(IRankRun run) => _pumps[run] = Task.Run(() => PumpAsync(run));

    private async Task PumpAsync(IRankRun run)
    {
        try
        {
            while (true)
            {
                await Task.WhenAny(run.Completion, Task.Delay(Period, time, _ending.Token));
                var ended = run.Completion.IsCompleted; // asked first: then the progress is the last one
                if (await TrySendAsync(run, ended) && ended)
                {
                    return;
                }
                if (ended)
                {
                    await Task.Delay(Period, time, _ending.Token);
                }
                _ending.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            // the silo ends
        }
        finally
        {
            _pumps.TryRemove(run, out _);
        }
    }

    private async Task<bool> TrySendAsync(IRankRun run, bool ended)
    {
        try
        {
            return await SendAsync(run.Progress, run.Assignment, ended).WaitAsync(_ending.Token);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogNotSent(error, run.Assignment.Node); // a grain's silo has died; another one will have it
            return false;
        }
    }

    // True where nobody needs to hear it again.
    private async Task<bool> SendAsync(ShardReport progress, RankAssignment assignment, bool ended)
    {
        var generation = assignment.Generation;
        var job = grains.GetGrain<IJobGrain>(generation.Job.Value);
        if (ended && progress.Ended == 0)
        {
            await job.FollowAsync(progress.Generation + 1); // it has left, or nobody is left
            return true;
        }
        if (progress.Generation == 0 || (progress.Generation < generation.Number && progress.Ended == 0))
        {
            return true; // no member yet, or not of the newest
        }
        if (progress.Generation > generation.Number || assignment.Parent is not { } parent)
        {
            if (progress.FirstRank == 0)
            {
                await job.FollowAsync(progress.Generation);
            }
            return false;
        }
        // The epochs are equal on all ranks, and many in the end: one tells them.
        var told = progress.FirstRank == 0 ? progress : progress with { Epochs = [] };
        if (await grains.GetGrain<IShardGrain>(parent).ReportAsync(told))
        {
            return true;
        }
        await job.FollowAsync(generation.Number); // the tree has lost its memory with a silo
        return false;
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "A report of the rank on {Node} did not arrive and is sent again"
    )]
    private partial void LogNotSent(Exception error, NodeId node);
}
