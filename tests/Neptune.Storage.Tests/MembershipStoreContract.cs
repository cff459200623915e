using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Storage.Tests;

/// <summary>What every store of memberships must do.</summary>
public abstract class MembershipStoreContract
{
    private static readonly JobId Job = new("job-1");
    private static readonly NodeId Joined = new("joined/cpu:0");
    private static readonly NodeId Left = new("left/cpu:0");
    private static readonly NodeId Waits = new("waits/cpu:0");

    internal abstract IMembershipStore Store { get; }

    [Fact]
    public async Task Given_generations_when_asked_then_the_newest_is_given()
    {
        Assert.Null(await Store.CurrentAsync(Job));
        for (var number = 1; number <= 12; number++) // 10 comes before 9 by letters
        {
            Assert.True(await Store.TryAppendAsync(Generation(number, $"token {number}")));
            Assert.Equal(number, (await Store.CurrentAsync(Job))!.Number);
        }
        Assert.Equal([11, 12], (await Store.SinceAsync(Job, 10)).Select(g => g.Number));
        Assert.Empty(await Store.SinceAsync(Job, 12));
        Assert.Null(await Store.CurrentAsync(new("job-2")));
    }

    [Fact]
    public async Task Given_a_number_that_is_set_when_set_again_then_the_first_stays_and_only_its_owner_has_won()
    {
        Assert.True(await Store.TryAppendAsync(Generation(1, "first")));
        Assert.False(await Store.TryAppendAsync(Generation(1, "second")));
        Assert.True(await Store.TryAppendAsync(Generation(1, "first"))); // its answer was lost
        Assert.Equal("first", (await Store.CurrentAsync(Job))!.Token);
    }

    [Fact]
    public async Task Given_many_that_set_one_number_when_they_do_so_at_once_then_one_of_them_has_won()
    {
        var won = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(i => Store.TryAppendAsync(Generation(1, $"token {i}")))
        );
        var token = (await Store.CurrentAsync(Job))!.Token;
        Assert.Equal([token], won.Index().Where(w => w.Item).Select(w => $"token {w.Index}"));
    }

    [Fact]
    public async Task Given_a_number_that_leaves_one_out_when_set_then_it_is_refused()
    {
        await Store.TryAppendAsync(Generation(1, "first"));
        var error = await Assert.ThrowsAsync<ArgumentException>(() => Store.TryAppendAsync(Generation(3, "third")));
        Assert.StartsWith("Job job-1 has 1 generations: the next one is 2, not 3.", error.Message);
        Assert.Equal(1, (await Store.CurrentAsync(Job))!.Number);
    }

    [Fact]
    public async Task Given_statements_when_a_rank_speaks_twice_then_its_last_word_counts_for_its_generation_only()
    {
        var first = Generation(1, "first");
        await Store.TryAppendAsync(first);
        await Store.StateAsync(Job, Statement(1, step: 4));
        await Store.StateAsync(Job, Statement(1, step: 5));
        await Store.StateAsync(Job, Statement(2, step: 9));
        var facts = await Store.FactsAsync(first);
        Assert.Equal([5L], facts.Statements.Select(s => s.Version.Step));
        await Store.ForgetAsync(Job);
        Assert.Empty((await Store.FactsAsync(first)).Statements);
    }

    [Fact]
    public async Task Given_what_a_rank_says_ahead_when_it_comes_late_then_what_it_said_at_the_end_stays()
    {
        var first = Generation(1, "first");
        await Store.TryAppendAsync(first);
        await Store.StateAsync(Job, Statement(1, step: 5));
        await Store.StateAsync(Job, Statement(1, step: 4) with { IsAhead = true });
        var said = (await Store.FactsAsync(first)).Statements.OrderBy(s => s.IsAhead);
        Assert.Equal([(5L, false), (4L, true)], said.Select(s => (s.Version.Step, s.IsAhead)));
    }

    [Fact]
    public async Task Given_offers_when_a_generation_is_set_then_those_of_who_joined_or_left_are_gone()
    {
        foreach (var node in new[] { Joined, Left, Waits })
        {
            await Store.OfferAsync(Job, new(node, null));
        }
        var next = Generation(1, "token") with { Joined = [Joined], Left = [new(Left, "its link closed")] };
        Assert.True(await Store.TryAppendAsync(next));
        Assert.Equal([Waits], (await Store.FactsAsync(next)).Candidates.Select(c => c.Node));
    }

    private static Generation Generation(int number, string token) =>
        new()
        {
            Job = Job,
            Number = number,
            Token = token,
            Ranks = [new(0, Joined, new(0, 4))],
        };

    private static RankStatement Statement(int generation, long step) =>
        new()
        {
            Generation = generation,
            Node = Joined,
            Version = new(step, 0),
        };
}
