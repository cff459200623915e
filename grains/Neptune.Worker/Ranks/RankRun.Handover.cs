using Neptune.Collectives;
using Neptune.Contracts;

namespace Neptune.Worker;

// How a rank comes into a generation that was prepared while the one before it trained, or is left out of it.
internal sealed partial class RankRun
{
    // A joiner has opened its links, and waits until the others go over: they may be in a long pass over the validation
    // samples. Where they end otherwise their links close.
    private static readonly TimeSpan LongestPreparation = TimeSpan.FromHours(1);

    private static readonly TimeSpan LongestDeparture = TimeSpan.FromSeconds(10);
    private const int RehearsedLength = 1 << 20; // values of each vector

    private IDisposable? _rehearsal; // what this rank offers of its state while the next generation is prepared

    /// <summary>
    /// Waits for a rank that leaves its job after a step that is close, as the next generation is prepared without it; a while
    /// at most, and not at all where it does not leave.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store does not say.</exception>
    public async Task AwaitDepartureAsync()
    {
        if (!Completion.IsCompleted && _generation is { } generation && await _membership.IsLeftOutAsync(generation))
        {
            await Task.WhenAny(Completion, Task.Delay(LongestDeparture, _time));
        }
    }

    // How a generation has ended for this rank: for good, with what it saw fail, or by going over to the next one.
    private sealed record GenerationEnd(bool IsFinal, params IReadOnlyList<Suspicion> Suspicions)
    {
        public RollBack? RollBack { get; init; }

        public Generation? Next { get; init; }
    }

    private Task<ICollective> JoinAsync(Generation generation, RankPlacement place, CancellationToken cancellation) =>
        _links.JoinAsync(generation, place.Rank, _assignment.Spec.Shards, cancellation);

    // While it trains on. What it offers meanwhile is for rehearsal, as the state still changes.
    private async Task<ICollective> OpenAsync(Generation next, RankPlacement place, CancellationToken cancellation)
    {
        _rehearsal = _links.States.Offer(next, place.Node, _loop!.State);
        var group = await JoinAsync(next, place, cancellation);
        try
        {
            await AwaitRehearsalAsync(next, group, cancellation);
            return group;
        }
        catch
        {
            group.Dispose();
            throw;
        }
    }

    // A rank that has no state fetches a little of it and throws it away: when all wait for it, it is no beginner any more.
    private async Task RehearseAsync(Generation generation, ICollective collective, StateFetch? fetch)
    {
        if (fetch is not null)
        {
            var some = _loop!.Replica.State.Select(v => v[..Math.Min(v.Length, RehearsedLength)]);
            try
            {
                await fetch.FetchAsync([.. some], _abort.Token);
            }
            catch (StateLostException)
            {
                throw new VersionsDifferException(); // who trained until now has ended otherwise than by going over
            }
            await _device.RunAsync(() => ReplicaDigest.Of(_loop.Replica, _loop.Version), _abort.Token);
            await AwaitRehearsalAsync(generation, collective, _abort.Token);
        }
    }

    // Blocks a thread of its own until all ranks of the next generation have their links, and the new ones have rehearsed.
    private static async Task AwaitRehearsalAsync(Generation next, ICollective group, CancellationToken cancellation)
    {
        if (next.Holders.Length < next.WorldSize)
        {
            group.StallLimit = ProgressDeadline.Unlearnt;
            await Task.Factory.StartNew(
                () => group.AllGather([1], new float[next.WorldSize], cancellation),
                cancellation,
                TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously,
                TaskScheduler.Default
            );
        }
    }

    // Into the generation: where it was prepared, once those have gone over that have trained until now.
    private async Task ArriveAsync(
        Generation generation,
        RankPlacement place,
        ICollective collective,
        StateFetch? fetch
    )
    {
        if (!generation.IsPrepared)
        {
            return;
        }
        await RehearseAsync(generation, collective, fetch);
        if (generation.Holders.Length < generation.WorldSize) // otherwise all are past that when they meet
        {
            collective.StallLimit = fetch is null ? _deadline.Limit : LongestPreparation;
            int[] holders = [.. HoldersOf(generation).Select(r => r.Rank)];
            await _device.RunAsync(() => _loop!.Arrive(collective, holders, _abort.Token), _abort.Token);
        }
        Enter(generation); // it has begun: until now the one before did
    }

    // What the rank reports is of this generation from now on.
    private void Enter(Generation generation)
    {
        if (Progress.Generation < generation.Number && _membership.PlaceIn(generation) is { } place)
        {
            _progress.Enter(generation, place.Rank);
        }
    }

    // The old group is closed behind the first step of the new one: nobody needs it any more.
    private GenerationEnd GoOver(Preparation preparation)
    {
        var old = _collective!;
        _collective = null;
        _ = Task.Run(old.Dispose);
        (_opened, _rehearsal) = (preparation.TakeGroup(), null);
        return new(false) { Next = preparation.Next };
    }

    // What was prepared is of no use: the generation has ended otherwise.
    private void Abandon(Preparation preparation)
    {
        preparation.TakeGroup()?.Dispose();
        _rehearsal?.Dispose();
        _rehearsal = null;
    }

    private static RankPlacement[] HoldersOf(Generation generation) =>
        [.. generation.Ranks.Where(r => generation.Holders.Contains(r.Node))];

    // Whom a rank saw fail while it opened the links of the next generation.
    private Suspicion[] SuspicionsOf(Preparation preparation) =>
        preparation is { Failure: { } failure, Next: { } next }
            ? Statements.Suspicions(failure, next, _loop, _deadline, ProgressDeadline.Unlearnt, hasMet: false)
            : [];
}
