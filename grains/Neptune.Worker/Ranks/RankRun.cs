using Microsoft.Extensions.Logging;
using Neptune.Collectives;
using Neptune.Contracts;
using Neptune.Planning;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>
/// A rank from loading to its end, through all generations that it is a member of: when one ends, it keeps its replica as
/// it was after the last committed step, agrees with the others on the next one, and goes on.
/// </summary>
#pragma warning disable CA1001 // the source is without a timer: it holds nothing to free, and Abort may come at any time
internal sealed partial class RankRun : IRankRun
#pragma warning restore CA1001
{
    private static readonly TimeSpan FirstRejoin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRejoin = TimeSpan.FromMinutes(1);

    private readonly RankAssignment _assignment; // the first one
    private volatile RankAssignment _latest;
    private readonly TorchDevice _device;
    private readonly TrainingRunLoader _loader;
    private readonly TrainingStores _stores;
    private readonly RankLinks _links;
    private readonly RankMembership _membership;
    private readonly RankProgress _progress;
    private readonly StepClock _clock;
    private readonly ProgressDeadline _deadline = new();
    private readonly NodeFaults _faults;
    private readonly RankOrders _orders = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _abort = new();
    private volatile string? _abortReason;
    private volatile bool _isWaiting;
    private volatile Generation? _generation; // that it is, or was last, a member of
    private volatile ICollective? _collective; // null while it is in no group
    private TrainingRun? _run;
    private StepLoop? _loop;
    private PackageKeeper? _keeper;
    private CheckpointKeeper? _checkpoints;
    private ICollective? _opened; // the next generation's, where it was prepared

    public RankRun(
        RankAssignment assignment,
        TorchDevice device,
        TrainingRunLoader loader,
        TrainingStores stores,
        RankLinks links,
        NodeFaults faults,
        TimeProvider time,
        ILogger logger
    )
    {
        _faults = faults;
        _assignment = _latest = assignment;
        _device = device;
        _loader = loader;
        _stores = stores;
        _links = links;
        _time = time;
        _logger = logger;
        _membership = new(
            stores.Memberships,
            Job,
            assignment.Attempt,
            assignment.Spec.Shards,
            new(assignment.Node, links.Endpoint),
            time,
            logger
        );
        _progress = new(Job, assignment.Node);
        _clock = new(time.GetUtcNow());
        Completion = Task.Run(RunAsync);
    }

    private JobId Job => _assignment.Generation.Job;

    /// <inheritdoc/>
    public RankAssignment Assignment => _latest;

    /// <summary>Takes a newer assignment of the same attempt.</summary>
    /// <returns>
    /// False where another rank must be started for it: this one is of another attempt, or has ended before it could have
    /// been a member.
    /// </returns>
    public bool TryAdopt(RankAssignment assignment)
    {
        var hasEnded = Completion.IsCompleted && Progress.Generation < assignment.Generation.Number;
        if (assignment.Attempt != _latest.Attempt || hasEnded)
        {
            return false;
        }
        if (assignment.Generation.Number >= _latest.Generation.Number)
        {
            _latest = assignment;
        }
        return true;
    }

    /// <inheritdoc/>
    public ShardReport Progress => _progress.Report with { Times = _clock.Times };

    /// <inheritdoc/>
    public RankTrace Trace => _clock.TraceOf(Progress.FirstRank, _assignment.Node);

    /// <inheritdoc/>
    public Task Completion { get; }

    /// <summary>True while it is no member of its job: it gets ready, or waits to be taken in.</summary>
    public bool IsWaiting => _isWaiting;

    /// <summary>True once its job knows, or can know, that it has ended; what it keeps may still be on its way to disk.</summary>
    public bool HasEnded => Completion.IsCompleted || _progress.HasEnded;

    /// <summary>True where its job has ended or goes on without it, which it may not have heard yet.</summary>
    /// <exception cref="StoreUnavailableException">The store does not say.</exception>
    public Task<bool> IsDismissedAsync() => _membership.IsDismissedAsync();

    /// <summary>True once it was told to end at once.</summary>
    public bool IsAborted => _abortReason is not null;

    /// <inheritdoc/>
    public void RequestStop() => _orders.Stop = true;

    /// <summary>Asks to leave the job at a step boundary; the rank's completion says that it has.</summary>
    /// <returns>False where all ranks of the job are in this process: nobody could go on without it.</returns>
    /// <exception cref="StoreUnavailableException">The store does not take it; the rank goes on.</exception>
    public async Task<bool> LeaveAsync(string reason)
    {
        if (_generation is { } generation && generation.Ranks.All(r => r.Link?.Process == _links.Endpoint?.Process))
        {
            return false;
        }
        await _membership.DepartAsync(reason); // the rank that watches sees it
        return true;
    }

    /// <inheritdoc/>
    public void Abort(string reason)
    {
        _abortReason ??= reason; // before all else: what ends by it is no failure that the others are to hear of
        _collective?.Abort(reason);
        _abort.Cancel();
    }

    private async Task RunAsync()
    {
        try
        {
            Generation? generation = _assignment.Generation;
            var rejoin = FirstRejoin;
            if (_membership.PlaceIn(generation) is null)
            {
                generation = await AwaitInclusionAsync(TimeSpan.Zero);
            }
            while (generation is not null && _membership.IsOfUse(generation))
            {
                if (_membership.PlaceIn(generation) is { } place)
                {
                    var end = await TrainAsync(generation, place);
                    if (end.IsFinal)
                    {
                        return;
                    }
                    if (end.Next is null)
                    {
                        Enter(generation); // where it has not begun: the rank speaks of it as a member
                    }
                    generation =
                        end.Next
                        ?? await _membership.NextAsync(
                            generation,
                            Statements.Of(generation, place, _loop, end.Suspicions) with
                            {
                                RollBack = end.RollBack,
                            },
                            _deadline.Patience,
                            Enter,
                            _abort.Token
                        );
                    continue;
                }
                // The others went on without it: it was asked to leave, or did not keep up.
                generation = await AwaitInclusionAsync(rejoin);
                rejoin = rejoin * 2 < LastRejoin ? rejoin * 2 : LastRejoin;
            }
        }
#pragma warning disable CA1031 // whatever ends a rank is reported to its job
        catch (Exception error)
        {
            Fail(error);
        }
#pragma warning restore CA1031
        finally
        {
            await EndAsync();
        }
    }

    private async Task<GenerationEnd> TrainAsync(Generation generation, RankPlacement place)
    {
        _generation = generation;
        if (!generation.IsPrepared)
        {
            Enter(generation);
        }
        _orders.Begin();
        var preparation = new Preparation(generation, _membership, _orders, OpenAsync);
        var hasMet = false;
        try
        {
            // Offered before the links open: who fetches it does so after, and finds it.
            using (OfferState(generation, place))
            using (var fetch = FetchOf(generation, place))
            {
                _collective =
                    Interlocked.Exchange(ref _opened, null) ?? await JoinAsync(generation, place, _abort.Token);
                _abort.Token.ThrowIfCancellationRequested();
                await LoadAsync();
                await ArriveAsync(generation, place, _collective, fetch);
                await FetchStateAsync(fetch);
                _collective.StallLimit = ProgressDeadline.Unlearnt; // some may still load, or fetch the state
                await _device.RunAsync(() => _loop!.Meet(_collective, _abort.Token), _abort.Token);
                hasMet = true;
            }
            var end = await RunLoopAsync(generation, place, _collective, preparation);
            if (end == LoopEnd.Switched)
            {
                return GoOver(preparation);
            }
            if (end == LoopEnd.Yielded)
            {
                return new(false, SuspicionsOf(preparation));
            }
            if (end == LoopEnd.Doubtful)
            {
                return await InquireAsync(generation, place, _collective);
            }
            await CloseAsync(place, _collective);
            _progress.End(
                await _device.RunAsync(() => _loop!.Replica.WeightsSha256(), _abort.Token),
                end == LoopEnd.Stopped
            );
            return new(true);
        }
        catch (CollectiveAbortedException error) when (!IsAborted)
        {
            LogInterrupted(Job, generation.Number, place.Rank, error.Message);
            var limit = _collective?.StallLimit ?? ProgressDeadline.Unlearnt;
            return new(false, Statements.Suspicions(error, generation, _loop, _deadline, limit, hasMet));
        }
        catch (StateLostException error) when (!IsAborted)
        {
            _collective?.Abort(error.Message);
            return new(false, new Suspicion(error.Node, error.Message));
        }
        catch (VersionsDifferException error)
        {
            LogInterrupted(Job, generation.Number, place.Rank, error.Message);
            return new(false); // the next generation goes on from the newest
        }
        catch (ReplicasDifferException error)
        {
            await DiscardAsync(place);
            return RolledBack(generation, error.Verdict);
        }
        catch (Exception error) when (!IsAborted)
        {
            // The job's own fault, which another node would meet as well: all ranks end by it.
            var mine = Statements.Of(generation, place, _loop, []) with
            {
                Fault = error.Message,
            };
            Enter(await _membership.FaultAsync(generation, mine));
            _collective?.Abort($"rank {place.Rank} ended: {error.Message}");
            throw;
        }
        finally
        {
            var collective = _collective;
            _collective = null;
            collective?.Dispose();
            Abandon(preparation);
        }
    }

    private async Task<Generation?> AwaitInclusionAsync(TimeSpan pause)
    {
        _isWaiting = true;
        if (_loop is null)
        {
            await LoadAsync();
            await _device.RunAsync(() => _loop!.WarmUp(_abort.Token), _abort.Token);
        }
        var generation = await _membership.AwaitInclusionAsync(pause, _abort.Token);
        _isWaiting = false;
        return generation;
    }

    // On the device's thread, for as long as the generation trains.
    private async Task<LoopEnd> RunLoopAsync(
        Generation generation,
        RankPlacement place,
        ICollective collective,
        Preparation preparation
    )
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token);
        // One rank looks for wishes: one whose word the others hear, for it has a shard.
        var watching = place.Range is { Low: 0, Count: > 0 }
            ? _membership.WatchAsync(generation, _orders, ended.Token)
            : Task.CompletedTask;
        var preparing = preparation.RunAsync(ended.Token);
        try
        {
            var (keeper, checkpoints) = place.Rank == 0 ? (_keeper, _checkpoints) : (null, null);
            return await _device.RunAsync(
                () =>
                    _loop!.Run(
                        collective,
                        generation,
                        place,
                        _ => keeper?.KeepIfDue(_loop.Replica, _loop.PositionInData),
                        () => checkpoints?.KeepIfDue(_loop, generation.Number),
                        _abort.Token
                    ),
                _abort.Token
            );
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(watching, preparing);
        }
    }

    // Nobody goes before the package is written: until then every rank can take over what it takes.
    private async Task CloseAsync(RankPlacement place, ICollective collective)
    {
        collective.StallLimit = TimeSpan.FromMinutes(10);
        if (place.Rank == 0)
        {
            await _keeper!.KeepLastAsync(
                await _device.RunAsync(() => _keeper.Copy(_loop!.Replica, _loop.PositionInData), _abort.Token)
            );
        }
        await _device.RunAsync(() => _loop!.Meet(collective, _abort.Token), _abort.Token);
    }

    private async Task EndAsync()
    {
        if (_keeper is not null)
        {
            await _keeper.FlushAsync();
        }
        if (_checkpoints is not null)
        {
            await _checkpoints.FlushAsync();
        }
        _opened?.Dispose();
        if (_loop is { } loop)
        {
            await _device.RunAsync(loop.Dispose, CancellationToken.None);
        }
    }

    private void Fail(Exception error)
    {
        var isConsequence =
            error
            is CollectiveAbortedException
                or OperationCanceledException
                or JobFaultException
                or NonFiniteLossException { IsElsewhere: true };
        var message = isConsequence && _abortReason is { } reason ? reason : error.Message;
        if (!isConsequence)
        {
            LogFailed(error, Job, _assignment.Node);
        }
        _progress.Fail(message, isConsequence);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job}: the rank on {Node} has failed")]
    private partial void LogFailed(Exception error, JobId job, NodeId node);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Job {Job}: generation {Generation} ends for rank {Rank}: {Reason}"
    )]
    private partial void LogInterrupted(JobId job, int generation, int rank, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job}: {Evidence} It goes back to {Verified}")]
    private partial void LogDoubtful(JobId job, string evidence, TrainingVersion verified);
}
