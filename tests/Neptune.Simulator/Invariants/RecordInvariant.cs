using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Simulator;

/// <summary>
/// (4) Generations rise by one, each is set once, its ranges tile the shards, and its holders hold what it goes on
/// from. (5) Within an attempt it goes on from no less than what any rank had that could speak.
/// </summary>
internal sealed class RecordInvariant(World world)
{
    private const string Sound = "generations in the store are sound";
    private const string NeverBack = "the committed version never goes back";
    private static readonly TimeSpan HealthyFor = TimeSpan.FromSeconds(2);

    /// <summary>A generation is set.</summary>
    /// <param name="known">Those before it.</param>
    /// <param name="next">The new one.</param>
    /// <param name="facts">What it was planned from; null where it begins or ends an attempt.</param>
    public void Append(IReadOnlyList<Generation> known, Generation next, MembershipFacts? facts)
    {
        world.Tally.Generations++;
        var last = known.Count > 0 ? known[^1].Number : 0;
        Require(next.Number == last + 1, Sound, $"generation {next.Number} is set after {last}");
        if (next.IsDissolved)
        {
            Require(
                facts is null || facts.Statements.All(s => s.Version.IsBehind(facts.Current.From ?? default)),
                NeverBack,
                $"generation {next.Number} ends the attempt, and a rank has the state of {facts?.Current.From}"
            );
            return;
        }
        CheckRanks(next);
        if (facts is not null)
        {
            CheckMembers(next, facts);
            CheckVersion(next, facts);
        }
    }

    /// <summary>A holder is about to offer its state.</summary>
    public void Holds(Generation generation, Node node, TrainingVersion version) =>
        Require(
            version == generation.From || (generation.IsPrepared && !version.IsBehind(generation.From ?? default)),
            Sound,
            $"{node} should hold {generation.From} of generation {generation.Number}, and holds {version}"
        );

    private void CheckRanks(Generation next)
    {
        var shards = world.Plan.Of(next.Job).Spec.Shards;
        var low = 0;
        for (var rank = 0; rank < next.WorldSize; rank++)
        {
            var place = next.Ranks[rank];
            Require(place.Rank == rank && place.Range.Low == low, Sound, $"rank {rank} has {place.Range} after {low}");
            low = place.Range.High;
        }
        Require(low == shards, Sound, $"the ranges of generation {next.Number} end at {low} of {shards}");
        var nodes = next.Ranks.Select(r => r.Node).ToHashSet();
        Require(nodes.Count == next.WorldSize, Sound, $"a node is twice in generation {next.Number}");
        Require(next.Holders.All(nodes.Contains), Sound, $"a holder is no member of generation {next.Number}");
        Require(next.From is null || next.Holders.Length > 0, Sound, $"generation {next.Number} has no holder");
    }

    // Who was seen to fail and has not spoken is no member; of two that do not reach each other one is none.
    private static void CheckMembers(Generation next, MembershipFacts facts)
    {
        var spoke = SpokenFor(next, facts).Where(s => s.Generation == next.Number - 1).ToDictionary(s => s.Node);
        var links = facts.Current.Ranks.ToDictionary(r => r.Node, r => r.Link);
        var members = next.Ranks.ToDictionary(r => r.Node, r => r.Link);
        foreach (var (teller, suspicion) in spoke.Values.SelectMany(s => s.Suspicions.Select(x => (s.Node, x))))
        {
            var isOld = members.TryGetValue(suspicion.Node, out var link) && link == links[suspicion.Node];
            var isBoth = isOld && members.TryGetValue(teller, out var own) && own == links[teller];
            Require(
                spoke.ContainsKey(suspicion.Node) ? !isBoth : !isOld,
                Sound,
                $"generation {next.Number} has {suspicion.Node}, which {teller} saw fail"
            );
        }
    }

    private void CheckVersion(Generation next, MembershipFacts facts)
    {
        var from = next.From ?? default;
        Require(
            !from.IsBehind(facts.Current.From ?? default),
            NeverBack,
            $"generation {next.Number} goes on from {from}, the one before from {facts.Current.From}"
        );
        var spoke = SpokenFor(next, facts).Select(s => s.Node).ToHashSet();
        foreach (var statement in SpokenFor(next, facts))
        {
            Require(
                !from.IsBehind(statement.Version),
                NeverBack,
                $"generation {next.Number} goes on from {from}, and {statement.Node} has said {statement.Version}"
            );
        }
        foreach (var node in WellIn(facts.Current))
        {
            var version = node.Run!.Loop.State.Version;
            Require(
                next.IsPrepared || !from.IsBehind(version), // its ranks train on, and meet where they are then
                NeverBack,
                $"generation {next.Number} goes on from {from}, and {node}, which was well, has {version}"
            );
            Require(
                !node.Run.Loop.HasMet // while they meet, some wait longer for the missing than others for them
                    || !node.Run.Loop.Deadline.IsLearnt // so does who has just joined, and knows no step's time yet
                    || next.PlaceOf(node.Id) is not null
                    || facts.Leaves(node.Id)
                    || spoke.Contains(node.Id)
                    || IsSuspected(node.Id),
                "who is well is waited for",
                $"generation {next.Number} is without {node}, which was well and had not spoken yet"
            );
        }

        bool IsSuspected(NodeId node) => facts.Statements.Any(s => s.Suspicions.Any(x => x.Node == node));
    }

    // A generation that is prepared is planned from what ranks say ahead, and any other from what they say at their end.
    private static IEnumerable<RankStatement> SpokenFor(Generation next, MembershipFacts facts) =>
        facts.Statements.Where(s => s.IsAhead == next.IsPrepared);

    // The ranks of a generation that have been able to speak, and to hear of its end, for a while.
    private IEnumerable<Node> WellIn(Generation generation)
    {
        var since = world.Timeline.Now - HealthyFor;
        if (world.Store.IsAway || world.Store.DisturbedAt > since || world.Store.Errors > 0)
        {
            return [];
        }
        return generation
            .Ranks.Select(member => world.NodeOf(member.Node))
            .Where(node =>
                node.Silo is { IsAlive: true, IsFrozen: false }
                && node.Silo.DisturbedAt < since
                && !world.Network.IsCut(node.Silo.Name, Network.Store)
                && node.Run is { Completion.IsSet: false, Loop.IsLoaded: true } run
                && run.Generation?.Token == generation.Token
            );
    }

    private static void Require(bool holds, string invariant, string message)
    {
        if (!holds)
        {
            throw new InvariantViolatedException(invariant, message);
        }
    }
}
