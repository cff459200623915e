using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning.Tests;

/// <summary>Memberships that are set while the one before still trains.</summary>
public sealed class PreparedGenerationTests
{
    private static readonly NodeId Newcomer = Samples.Node(9);
    private static readonly ImmutableArray<NodeId> Members = Samples.Nodes(3);

    private static readonly Generation Current = new()
    {
        Job = Samples.Job,
        Number = 5,
        Token = "token",
        Ranks = [.. Members.Select((node, rank) => new RankPlacement(rank, node, new(rank * 4, (rank + 1) * 4)))],
    };

    [Fact]
    public void Given_a_node_that_waits_when_all_have_spoken_ahead_then_it_joins_and_all_others_have_the_state()
    {
        var next = Prepare(Wishes(Ahead(0, step: 7), Ahead(1, step: 8), Ahead(2, step: 7)))!;
        Assert.True(next.IsPrepared);
        Assert.Equal(6, next.Number);
        Assert.Equal([.. Members, Newcomer], next.Ranks.Select(r => r.Node));
        Assert.Equal(Members.AsEnumerable(), next.Holders);
        Assert.Equal([Newcomer], next.Joined);
        Assert.Equal(new TrainingVersion(8, 0), next.From); // at least: they train on
        Assert.Equal([3, 3, 3, 3], next.Ranks.Select(r => r.Range.Count));
    }

    [Fact]
    public void Given_a_node_that_leaves_when_prepared_then_it_is_no_member_and_no_holder()
    {
        var facts = Wishes(Ahead(0), Ahead(1), Ahead(2)) with
        {
            Candidates = [],
            Departures = [new(Members[0], "its silo ends")],
        };
        var next = Prepare(facts)!;
        Assert.Equal([Members[1], Members[2]], next.Ranks.Select(r => r.Node));
        Assert.Equal([Members[1], Members[2]], next.Holders.AsEnumerable());
        Assert.Equal($"node {Members[0]}: its silo ends", next.Cause);
    }

    [Fact]
    public void Given_ranks_of_unlike_speed_when_prepared_then_the_shards_are_cut_by_it()
    {
        var next = Prepare(Wishes(Ahead(0, seconds: 0.3), Ahead(1, seconds: 0.1), Ahead(2, seconds: 0.1)))!;
        Assert.True(next.Ranks[0].Range.Count < next.Ranks[1].Range.Count);
    }

    [Fact]
    public void Given_a_rank_that_has_not_spoken_ahead_when_prepared_then_nothing_is() =>
        Assert.Null(Prepare(Wishes(Ahead(0), Ahead(1), Ahead(2) with { IsAhead = false })));

    [Fact]
    public void Given_no_wish_when_prepared_then_nothing_is() =>
        Assert.Null(Prepare(Wishes(Ahead(0), Ahead(1), Ahead(2)) with { Candidates = [] }));

    [Fact]
    public void Given_what_ranks_said_ahead_when_their_generation_fails_then_they_are_waited_for()
    {
        var facts = Wishes(Ahead(0), Ahead(1), Ahead(2), Ahead(1, step: 9) with { IsAhead = false });
        var wait = Assert.IsType<MembershipDecision.Wait>(Decide(facts));
        Assert.Equal($"waits for {Members[0]}, {Members[2]} to say how far they got", wait.For);
    }

    [Fact]
    public void Given_a_prepared_generation_that_never_began_when_its_holders_have_spoken_then_nobody_waits_for_newcomers()
    {
        var prepared = Prepare(Wishes(Ahead(0), Ahead(1), Ahead(2)))!;
        MembershipFacts facts = new(prepared, [.. Members.Select(m => Ended(m, 11, hasNotBegun: true))], [], []);
        var next = Assert.IsType<MembershipDecision.Next>(Decide(facts)).Generation;
        Assert.False(next.IsPrepared);
        Assert.Equal(7, next.Number);
        Assert.Equal(Members.AsEnumerable(), next.Ranks.Select(r => r.Node));
        Assert.Equal(new TrainingVersion(11, 0), next.From);
    }

    [Fact]
    public void Given_a_prepared_generation_that_has_begun_when_it_fails_then_all_are_waited_for()
    {
        var prepared = Prepare(Wishes(Ahead(0), Ahead(1), Ahead(2)))!;
        MembershipFacts facts = new(prepared, [.. Members.Select(m => Ended(m, 11, hasNotBegun: false))], [], []);
        var wait = Assert.IsType<MembershipDecision.Wait>(Decide(facts));
        Assert.Equal($"waits for {Newcomer} to say how far they got", wait.For);
    }

    private static Generation? Prepare(MembershipFacts facts) =>
        MembershipPlanner.Prepare(facts, 12, "next token", DateTimeOffset.UnixEpoch);

    private static MembershipDecision Decide(MembershipFacts facts) =>
        MembershipPlanner.Decide(facts, 12, patienceIsOver: false, "next token", DateTimeOffset.UnixEpoch);

    private static MembershipFacts Wishes(params ImmutableArray<RankStatement> statements) =>
        new(Current, statements, [new(Newcomer, null)], []);

    private static RankStatement Ahead(int rank, long step = 7, double seconds = 0) =>
        new()
        {
            Generation = Current.Number,
            Node = Members[rank],
            Version = new(step, 0),
            SecondsPerShard = seconds,
            IsAhead = true,
        };

    private static RankStatement Ended(NodeId node, long step, bool hasNotBegun) =>
        new()
        {
            Generation = Current.Number + 1,
            Node = node,
            Version = new(step, 0),
            HasNotBegun = hasNotBegun,
        };
}
