using Microsoft.Extensions.Logging;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Worker;

/// <summary>
/// A rank's part in deciding memberships: it says how far it got, plans with the others, and believes the store. While the
/// store does not answer it waits: who is cut off from it does no harm.
/// </summary>
internal sealed partial class RankMembership(
    IMembershipStore store,
    JobId job,
    int attempt,
    int shards,
    Candidate self,
    TimeProvider time,
    ILogger logger
)
{
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WatchPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan OfferPeriod = TimeSpan.FromSeconds(2);

    // The first rank plans at once; the others only where it did not, and the later one's turn the rarer, so that a
    // thousand ranks do not read a thousand statements all the time.
    private static readonly TimeSpan TurnOfRank = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// True where a generation is of this rank's attempt and not dissolved: otherwise the rank ends, for nobody needs its
    /// state. The end of an attempt may be missed, as the record of its dissolution is not the newest for long.
    /// </summary>
    public bool IsOfUse(Generation generation) => !generation.IsDissolved && generation.Attempt == attempt;

    /// <summary>This rank's place in a generation; null where it has none, or another start of its silo has.</summary>
    public RankPlacement? PlaceIn(Generation generation) =>
        generation.PlaceOf(self.Node) is { } place && place.Link?.Process == self.Link?.Process ? place : null;

    /// <summary>Says how a generation ended for this rank, and gives the one that comes after it.</summary>
    /// <param name="ended">The generation.</param>
    /// <param name="mine">What this rank says.</param>
    /// <param name="patience">How long others may take to speak.</param>
    /// <param name="skipped">Called with a generation that does not begin, of which this rank speaks now as a member.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <remarks>
    /// A generation that was prepared does not begin where the one before it ends otherwise than by going over to it: its ranks
    /// say so, and plan the one behind it.
    /// </remarks>
    /// <exception cref="JobFaultException">A rank says that the job cannot go on.</exception>
    public async Task<Generation> NextAsync(
        Generation ended,
        RankStatement mine,
        TimeSpan patience,
        Action<Generation> skipped,
        CancellationToken cancellation
    )
    {
        var place = ended.PlaceOf(self.Node)?.Rank ?? 0;
        var turn = place * TurnOfRank;
        var began = time.GetTimestamp();
        var hasSpoken = false;
        while (true)
        {
            var waited = time.GetElapsedTime(began);
            try
            {
                if (!hasSpoken)
                {
                    await store.StateAsync(job, mine);
                    hasSpoken = true;
                    began = time.GetTimestamp();
                }
                if (await store.CurrentAsync(job) is { } current && current.Number > ended.Number)
                {
                    if (!Skips(current, ended))
                    {
                        return current;
                    }
                    skipped(current);
                    (ended, place, hasSpoken) = (current, PlaceIn(current)!.Rank, false);
                    mine = NotBegun(mine, current);
                    turn = place * TurnOfRank;
                    continue;
                }
                if (waited >= turn)
                {
                    turn = waited + (place * LongPause);
                    var facts = await store.FactsAsync(ended);
                    var token = Generation.NewToken();
                    var decision = MembershipPlanner.Decide(facts, shards, waited > patience, token, time.GetUtcNow());
                    if (decision is MembershipDecision.Fault fault)
                    {
                        throw new JobFaultException(fault.Message);
                    }
                    if (decision is MembershipDecision.Next { Generation: var next })
                    {
                        await store.TryAppendAsync(next); // won or lost: the store says which one is right
                        continue;
                    }
                }
            }
            catch (StoreUnavailableException error)
            {
                LogStoreAway(job, ended.Number, error.Message);
                (began, turn) = (time.GetTimestamp(), place * TurnOfRank); // the others may be cut off as well
            }
            await Task.Delay(waited < LongPause ? ShortPause : LongPause, time, cancellation);
        }
    }

    /// <summary>Waits to be taken in.</summary>
    /// <param name="pause">So long it does not offer itself yet.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The generation that has a place for this rank; null where the job needs it no more.</returns>
    public async Task<Generation?> AwaitInclusionAsync(TimeSpan pause, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        long? offered = null;
        while (true)
        {
            try
            {
                if (await store.CurrentAsync(job) is { } current)
                {
                    if (!IsOfUse(current) || (await store.FactsAsync(current)).Leaves(self.Node))
                    {
                        await store.WithdrawAsync(job, self.Node);
                        return null;
                    }
                    if (PlaceIn(current) is not null)
                    {
                        await store.WithdrawAsync(job, self.Node);
                        return current;
                    }
                }
                if (offered is { } last ? time.GetElapsedTime(last) > OfferPeriod : time.GetElapsedTime(began) >= pause)
                {
                    await store.OfferAsync(job, self);
                    offered = time.GetTimestamp();
                }
            }
            catch (StoreUnavailableException)
            {
                // Until it is back nobody is taken in.
            }
            await Task.Delay(LongPause, time, cancellation);
        }
    }

    /// <summary>
    /// Looks for a wish to change the membership. Where the next generation can be prepared it is planned and set as soon as all
    /// ranks have spoken ahead; otherwise the ranks leave theirs. Ends when that is done, or with the cancellation.
    /// </summary>
    public async Task WatchAsync(Generation generation, RankOrders orders, CancellationToken cancellation)
    {
        try
        {
            var began = time.GetTimestamp();
            while (orders.Stage != PreparationStage.Set)
            {
                if (orders.Stage == PreparationStage.None)
                {
                    await Task.Delay(WatchPause, time, cancellation);
                    began = time.GetTimestamp();
                }
                await Task.Delay(time.GetElapsedTime(began) < LongPause ? ShortPause : LongPause, time, cancellation);
                try
                {
                    await PrepareAsync(generation, orders, cancellation);
                }
                catch (StoreUnavailableException)
                {
                    // Wishes wait; training does not.
                    await Task.Delay(WatchPause, time, cancellation);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the generation has ended
        }
    }

    /// <summary>Says ahead, while the rank trains on, how fast it is.</summary>
    public Task SpeakAheadAsync(Generation generation, RankOrders.Heard heard, CancellationToken cancellation) =>
        UntilStoredAsync(
            async () =>
            {
                await store.StateAsync(
                    job,
                    new()
                    {
                        Generation = generation.Number,
                        Node = self.Node,
                        Version = heard.Version,
                        SecondsPerShard = heard.SecondsPerShard,
                        IsAhead = true,
                    }
                );
                return true;
            },
            cancellation
        );

    /// <summary>The generation that is set behind another one.</summary>
    public async Task<Generation> AfterAsync(Generation generation, CancellationToken cancellation)
    {
        Generation? next = null;
        await UntilStoredAsync(
            async () =>
            {
                next = await store.CurrentAsync(job);
                return next?.Number > generation.Number;
            },
            cancellation
        );
        return next!;
    }

    /// <summary>True where the job's newest generation has no use for this rank.</summary>
    public async Task<bool> IsDismissedAsync() =>
        await store.CurrentAsync(job) is { } newest && (!IsOfUse(newest) || PlaceIn(newest) is null);

    /// <summary>True where the generation behind this rank's own is prepared, and has no place for it.</summary>
    public async Task<bool> IsLeftOutAsync(Generation own) =>
        await store.CurrentAsync(job) is { } newest && Follows(newest, own) && PlaceIn(newest) is null;

    /// <summary>Asks to leave at a step boundary.</summary>
    public Task DepartAsync(string reason) => store.DepartAsync(job, new(self.Node, reason));

    /// <summary>Says that the job cannot go on; silent where the store is away, for the job is told by report too.</summary>
    /// <returns>The generation that it was said of: where the next one is prepared, the others speak of that.</returns>
    public async Task<Generation> FaultAsync(Generation generation, RankStatement statement)
    {
        try
        {
            if (await store.CurrentAsync(job) is { } newest && Skips(newest, generation))
            {
                (generation, statement) = (newest, NotBegun(statement, newest));
            }
            await store.StateAsync(job, statement);
        }
        catch (StoreUnavailableException error)
        {
            LogStoreAway(job, statement.Generation, error.Message);
        }
        return generation;
    }

    // True for the one that was prepared while the other one trained.
    private static bool Follows(Generation next, Generation generation) =>
        next.IsPrepared && next.Number == generation.Number + 1;

    // True where one of them was prepared with a place for this rank, and the other one ends otherwise than by going over to it.
    private bool Skips(Generation next, Generation ended) => Follows(next, ended) && PlaceIn(next) is not null;

    // What is said of the generation that has ended, as its members say it of the one that was prepared.
    private static RankStatement NotBegun(RankStatement statement, Generation prepared) =>
        statement with
        {
            Generation = prepared.Number,
            HasNotBegun = true,
        };

    private async Task PrepareAsync(Generation generation, RankOrders orders, CancellationToken cancellation)
    {
        if (orders.Stage == PreparationStage.None)
        {
            if (!(await store.FactsAsync(generation)).HasWishes)
            {
                return;
            }
            if (!Preparation.IsPossible(generation))
            {
                orders.Yield = true;
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
            }
            orders.Stage = PreparationStage.Wished;
            await orders.WhenHeard(PreparationStage.Wished).WaitAsync(cancellation);
        }
        var facts = await store.FactsAsync(generation);
        if (!facts.HasWishes)
        {
            orders.Stage = PreparationStage.None; // who waited has gone
        }
        else if (MembershipPlanner.Prepare(facts, shards, Generation.NewToken(), time.GetUtcNow()) is { } next)
        {
            cancellation.ThrowIfCancellationRequested();
            await store.TryAppendAsync(next); // lost where another rank has seen this generation fail
            orders.Stage = PreparationStage.Set;
        }
    }

    private async Task UntilStoredAsync(Func<Task<bool>> tried, CancellationToken cancellation)
    {
        while (true)
        {
            var pause = ShortPause;
            try
            {
                if (await tried())
                {
                    return;
                }
            }
            catch (StoreUnavailableException)
            {
                pause = WatchPause;
            }
            await Task.Delay(pause, time, cancellation);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Job {Job}: after generation {Generation} the ranks wait for the store: {Error}"
    )]
    private partial void LogStoreAway(JobId job, int generation, string error);
}
