using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Simulator;

/// <summary>
/// A rank's part in deciding memberships, as grains/Neptune.Worker/Membership/RankMembership.cs has it.
/// </summary>
internal sealed class RankMembership(World world, Node node, Training training, int attempt, Lifetime lifetime)
{
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WatchPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan OfferPeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TurnOfRank = TimeSpan.FromMilliseconds(10);

    private readonly LinkEndpoint _link = node.Silo.Link;

    /// <summary>The generation that was waited for; null where the job needs the rank no more.</summary>
    public Generation? Found { get; private set; }

    /// <summary>Why another rank said that the job cannot go on.</summary>
    public string? Fault { get; private set; }

    private JobId Job => training.Job;

    /// <summary>True where a generation is of this rank's attempt and not dissolved: otherwise the rank ends.</summary>
    public bool IsOfUse(Generation generation) => !generation.IsDissolved && generation.Attempt == attempt;

    /// <summary>This rank's place in a generation; null where it has none, or another start of its silo has.</summary>
    public RankPlacement? PlaceIn(Generation generation) =>
        generation.PlaceOf(node.Id) is { } place && place.Link?.Process == _link.Process ? place : null;

    /// <summary>Says how a generation ended for this rank, and finds the one that comes after it.</summary>
    public IEnumerable<Signal> Next(
        Generation ended,
        RankStatement mine,
        TimeSpan patience,
        Action<Generation, RankPlacement> skipped
    )
    {
        var place = ended.PlaceOf(node.Id)?.Rank ?? 0;
        var turn = place * TurnOfRank;
        var began = world.Timeline.Now;
        var hasSpoken = false;
        world.Timeline.Tell(() => $"{node} speaks of generation {ended.Number}: {mine.Version}, {Text(mine)}");
        while (true)
        {
            var waited = world.Timeline.Now - began;
            if (!hasSpoken)
            {
                var stated = world.Store.State(node.Silo, Job, mine);
                yield return stated;
                if (!stated.HasFailed)
                {
                    hasSpoken = true;
                    began = world.Timeline.Now;
                }
                else
                {
                    began = world.Timeline.Now;
                    yield return Pause(waited);
                    continue;
                }
            }
            var current = world.Store.Current(node.Silo, Job);
            yield return current;
            if (!current.HasFailed && current.Value is { } newest && newest.Number > ended.Number)
            {
                if (!Follows(newest, ended) || PlaceIn(newest) is not { } prepared)
                {
                    Found = newest;
                    yield break;
                }
                // It does not begin where the one before it ends otherwise than by going over.
                skipped(newest, prepared);
                (ended, place, hasSpoken) = (newest, prepared.Rank, false);
                mine = mine with { Generation = newest.Number, HasNotBegun = true };
                turn = place * TurnOfRank;
                continue;
            }
            var failed = current.HasFailed;
            if (!failed && waited >= turn)
            {
                turn = waited + (place * LongPause);
                var facts = world.Store.Facts(node.Silo, ended);
                yield return facts;
                failed = facts.HasFailed;
                if (!failed)
                {
                    var decision = world.Rules.Decide(
                        facts.Value,
                        training.Spec.Shards,
                        waited > patience,
                        world.Timeline.Token(),
                        world.Date
                    );
                    if (decision is MembershipDecision.Fault fault)
                    {
                        Fault = fault.Message;
                        yield break;
                    }
                    if (decision is MembershipDecision.Next { Generation: var next })
                    {
                        var appended = world.Store.TryAppend(node.Silo, next, facts.Value);
                        yield return appended;
                        if (world.Mutation == Mutation.RankBelievesItself)
                        {
                            Found = next;
                            yield break;
                        }
                        failed = appended.HasFailed;
                        if (!failed)
                        {
                            continue; // won or lost: the store says which one is right
                        }
                    }
                }
            }
            if (failed)
            {
                (began, turn) = (world.Timeline.Now, place * TurnOfRank); // the others may be cut off as well
            }
            yield return Pause(waited);
        }
    }

    /// <summary>Waits to be taken in.</summary>
    public IEnumerable<Signal> AwaitInclusion(TimeSpan pause)
    {
        var began = world.Timeline.Now;
        TimeSpan? offered = null;
        while (true)
        {
            var current = world.Store.Current(node.Silo, Job);
            yield return current;
            var answers = !current.HasFailed;
            if (answers && current.Value is { } newest)
            {
                var leaves = !IsOfUse(newest);
                if (!leaves)
                {
                    var facts = world.Store.Facts(node.Silo, newest);
                    yield return facts;
                    answers = !facts.HasFailed;
                    leaves = answers && facts.Value.Leaves(node.Id);
                }
                if (answers && (leaves || PlaceIn(newest) is not null))
                {
                    var withdrawn = world.Store.Withdraw(node.Silo, Job, node.Id);
                    yield return withdrawn;
                    if (!withdrawn.HasFailed)
                    {
                        Found = leaves ? null : newest;
                        yield break;
                    }
                    answers = false;
                }
            }
            var now = world.Timeline.Now;
            if (answers && (offered is { } last ? now - last > OfferPeriod : now - began >= pause))
            {
                var offer = world.Store.Offer(node.Silo, Job, new(node.Id, _link));
                yield return offer;
                offered = offer.HasFailed ? offered : world.Timeline.Now;
            }
            yield return world.Timeline.Sleep(LongPause, node.Silo);
        }
    }

    /// <summary>
    /// Looks for a wish to change the membership, and sets the next generation once all ranks have spoken ahead. Where that
    /// cannot be prepared it calls, and the ranks leave theirs.
    /// </summary>
    public IEnumerable<Signal> Watch(Generation generation, Preparation preparation, Lifetime watching, Action wished)
    {
        while (!watching.IsOver && !lifetime.IsOver && preparation.Stage != PreparationStage.Set)
        {
            var pause = preparation.Stage == PreparationStage.None ? WatchPause : ShortPause;
            yield return world.Timeline.Sleep(pause, node.Silo);
            var facts = world.Store.Facts(node.Silo, generation);
            yield return facts;
            if (facts.HasFailed || watching.IsOver)
            {
                continue;
            }
            if (preparation.Stage == PreparationStage.None && facts.Value.HasWishes)
            {
                if (!Preparation.IsPossible(generation))
                {
                    wished();
                    yield break;
                }
                preparation.Stage = PreparationStage.Wished;
                yield return preparation.WhenHeard(PreparationStage.Wished);
                continue;
            }
            if (!facts.Value.HasWishes)
            {
                preparation.Stage = PreparationStage.None; // who waited has gone
                continue;
            }
            var next = MembershipPlanner.Prepare(facts.Value, training.Spec.Shards, world.Timeline.Token(), world.Date);
            if (preparation.Stage == PreparationStage.Wished && next is not null)
            {
                var appended = world.Store.TryAppend(node.Silo, next, facts.Value);
                yield return appended;
                preparation.Stage = appended.HasFailed ? preparation.Stage : PreparationStage.Set;
            }
        }
    }

    /// <summary>Says ahead, while the rank trains on, where it is.</summary>
    public IEnumerable<Signal> SpeakAhead(Generation generation, TrainingVersion version)
    {
        while (true)
        {
            var stated = world.Store.State(
                node.Silo,
                Job,
                new()
                {
                    Generation = generation.Number,
                    Node = node.Id,
                    Version = version,
                    IsAhead = true,
                }
            );
            yield return stated;
            if (!stated.HasFailed)
            {
                yield break;
            }
            yield return world.Timeline.Sleep(WatchPause, node.Silo);
        }
    }

    /// <summary>Finds the generation that is set behind another one.</summary>
    public IEnumerable<Signal> After(Generation generation, Action<Generation> found)
    {
        while (true)
        {
            var current = world.Store.Current(node.Silo, Job);
            yield return current;
            if (!current.HasFailed && current.Value is { } newest && newest.Number > generation.Number)
            {
                found(newest);
                yield break;
            }
            yield return world.Timeline.Sleep(current.HasFailed ? WatchPause : ShortPause, node.Silo);
        }
    }

    /// <summary>Says that the job cannot go on, of the generation that the others will speak of.</summary>
    public IEnumerable<Signal> SpeakOfFault(
        Generation generation,
        RankStatement mine,
        Action<Generation, RankPlacement> skipped
    )
    {
        var current = world.Store.Current(node.Silo, Job);
        yield return current;
        if (
            !current.HasFailed
            && current.Value is { } newest
            && Follows(newest, generation)
            && PlaceIn(newest) is { } place
        )
        {
            skipped(newest, place);
            mine = mine with { Generation = newest.Number, HasNotBegun = true };
        }
        yield return world.Store.State(node.Silo, Job, mine);
    }

    private static bool Follows(Generation next, Generation generation) =>
        next.IsPrepared && next.Number == generation.Number + 1;

    private Signal Pause(TimeSpan waited) =>
        world.Timeline.Sleep(waited < LongPause ? ShortPause : LongPause, node.Silo);

    private static string Text(RankStatement mine) =>
        mine.Suspicions.IsEmpty
            ? "saw nobody fail"
            : $"saw {mine.Suspicions[0].Node} fail: {mine.Suspicions[0].Evidence}";
}
