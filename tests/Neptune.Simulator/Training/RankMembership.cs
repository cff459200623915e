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
    public IEnumerable<Signal> Next(Generation ended, RankStatement mine, TimeSpan patience)
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
                Found = newest;
                yield break;
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

    /// <summary>Calls when a change of membership is wished for.</summary>
    public IEnumerable<Signal> Watch(Generation generation, Lifetime watching, Action wished)
    {
        while (!watching.IsOver && !lifetime.IsOver)
        {
            yield return world.Timeline.Sleep(WatchPause, node.Silo);
            var facts = world.Store.Facts(node.Silo, generation);
            yield return facts;
            if (!facts.HasFailed && facts.Value.HasWishes && !watching.IsOver)
            {
                wished();
            }
        }
    }

    private Signal Pause(TimeSpan waited) =>
        world.Timeline.Sleep(waited < LongPause ? ShortPause : LongPause, node.Silo);

    private static string Text(RankStatement mine) =>
        mine.Suspicions.IsEmpty
            ? "saw nobody fail"
            : $"saw {mine.Suspicions[0].Node} fail: {mine.Suspicions[0].Evidence}";
}
