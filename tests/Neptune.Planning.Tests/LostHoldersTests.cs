using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning.Tests;

/// <summary>What the simulator found: plans that lost a step, a rank's state, or time.</summary>
public sealed class LostHoldersTests
{
    private static readonly TrainingVersion Before = new(9, 0);
    private static readonly TrainingVersion Newest = new(10, 0);
    private static readonly LinkEndpoint FirstStart = new("host", "first", "", "");
    private static readonly LinkEndpoint SecondStart = FirstStart with { Process = "second" };

    [Fact]
    public void Given_all_laggards_suspect_the_one_that_has_the_newest_state_when_decided_then_it_stays()
    {
        var next = Next(
            Facts(Said(0, Before, suspects: 3), Said(1, Before, suspects: 3), Said(2, Before, 3), Said(3, Newest))
        );
        Assert.Equal(Newest, next.From);
        Assert.Equal([Samples.Node(3)], next.Holders);
        Assert.Equal([Samples.Node(3)], next.Ranks.Select(r => r.Node));
    }

    [Fact]
    public void Given_one_of_two_that_have_the_newest_state_is_suspected_when_decided_then_it_goes()
    {
        var next = Next(
            Facts(Said(0, Before, suspects: 3), Said(1, Before, suspects: 3), Said(2, Newest), Said(3, Newest))
        );
        Assert.Equal(Newest, next.From);
        Assert.Equal([Samples.Node(2)], next.Holders);
        Assert.DoesNotContain(Samples.Node(3), next.Ranks.Select(r => r.Node));
    }

    [Fact]
    public void Given_nobody_has_the_state_of_the_generation_when_decided_then_it_is_dissolved()
    {
        var facts = Facts(Said(0, new(0, 0), suspects: 3), Said(1, RankStatement.Unloaded), Said(2, new(0, 0)));
        var next = Next(facts with { Current = facts.Current with { From = Newest, Holders = [Samples.Node(3)] } });
        Assert.True(next.IsDissolved);
        Assert.Equal(6, next.Number);
        Assert.Contains("nobody is left who has the state of step 10", next.Cause);
    }

    [Fact]
    public void Given_nobody_has_loaded_yet_when_decided_then_it_begins_as_the_spec_says()
    {
        var next = Next(Facts(Said(0, RankStatement.Unloaded, suspects: 3), Said(1, RankStatement.Unloaded)));
        Assert.Null(next.From);
        Assert.Equal(Samples.Nodes(2).AsEnumerable(), next.Ranks.Select(r => r.Node));
    }

    [Fact]
    public void Given_a_dead_member_left_its_offer_when_decided_then_it_is_not_taken_in_again()
    {
        var facts = Facts(Said(0, Newest, suspects: 3), Said(1, Newest), Said(2, Newest));
        var next = Next(facts with { Candidates = [new(Samples.Node(3), FirstStart)] });
        Assert.DoesNotContain(Samples.Node(3), next.Ranks.Select(r => r.Node));
    }

    [Fact]
    public void Given_a_dead_member_started_anew_when_decided_then_it_is_taken_in()
    {
        var facts = Facts(Said(0, Newest, suspects: 3), Said(1, Newest), Said(2, Newest));
        var next = Next(facts with { Candidates = [new(Samples.Node(3), SecondStart)] });
        Assert.Equal(SecondStart, next.PlaceOf(Samples.Node(3))?.Link);
    }

    [Fact]
    public void Given_an_attempt_when_its_next_generation_is_planned_then_it_belongs_to_it()
    {
        var facts = Facts(Said(0, Newest, suspects: 3), Said(1, Newest), Said(2, Newest));
        Assert.Equal(7, Next(facts with { Current = facts.Current with { Attempt = 7 } }).Attempt);
    }

    // Generation 5 of four ranks, each with two shards.
    private static MembershipFacts Facts(params ImmutableArray<RankStatement> statements) =>
        new(
            new()
            {
                Job = Samples.Job,
                Number = 5,
                Token = Samples.Token,
                Ranks =
                [
                    .. Enumerable
                        .Range(0, 4)
                        .Select(rank => new RankPlacement(
                            rank,
                            Samples.Node(rank),
                            new(rank * 2, (rank + 1) * 2),
                            FirstStart
                        )),
                ],
            },
            statements,
            [],
            []
        );

    private static RankStatement Said(int node, TrainingVersion version, int? suspects = null) =>
        new()
        {
            Generation = 5,
            Node = Samples.Node(node),
            Version = version,
            Suspicions = suspects is { } other ? [new(Samples.Node(other), "its link closed")] : [],
        };

    private static Generation Next(MembershipFacts facts) =>
        Assert
            .IsType<MembershipDecision.Next>(
                MembershipPlanner.Decide(facts, 8, patienceIsOver: true, "next token", Samples.Now)
            )
            .Generation;
}
