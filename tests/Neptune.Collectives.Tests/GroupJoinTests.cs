namespace Neptune.Collectives.Tests;

/// <summary>Ranks that cannot meet are told why, in time.</summary>
public class GroupJoinTests
{
    [Fact]
    public async Task Given_ranks_with_other_tokens_when_they_join_then_both_are_told_and_the_group_can_form_afterwards()
    {
        await using var silos = new Silos(2);
        var options = new GroupOptions { JoinTimeout = TimeSpan.FromSeconds(3) };
        var cancellation = TestContext.Current.CancellationToken;
        var accepts = silos[0].JoinAsync(silos.Group(0, 2, [1, 2]), options, cancellation);
        var connects = silos[1]
            .JoinAsync(silos.Group(1, 2, [1, 2]) with { Token = new byte[32] }, options, cancellation);
        var refused = await Assert.ThrowsAsync<CollectiveAbortedException>(() => connects);
        Assert.Equal(
            "Rank 0 of 2 on node-0 (train-7, generation 3) refused the connection: WrongToken.",
            refused.Message
        );
        var waited = await Assert.ThrowsAsync<CollectiveAbortedException>(() => accepts);
        Assert.Equal("Rank 1 of 2 on node-1 (train-7, generation 3) did not connect in time.", waited.Message);
        Assert.Equal(1, silos[0].Listener.RefusalCount(LinkRefusal.WrongToken));
        foreach (var rank in await silos.JoinAsync(2, [1, 2]))
            rank.Dispose();
    }

    [Fact]
    public async Task Given_ranks_with_other_options_when_they_join_then_they_are_told_how()
    {
        await using var silos = new Silos(2);
        var cancellation = TestContext.Current.CancellationToken;
        var errors = new List<Exception>();
        foreach (
            var join in (Task<ICollective>[])
                [
                    silos[0]
                        .JoinAsync(
                            silos.Group(0, 2, [1, 2]),
                            new() { Algorithm = ExchangeAlgorithm.Direct },
                            cancellation
                        ),
                    silos[1]
                        .JoinAsync(
                            silos.Group(1, 2, [1, 2]),
                            new() { Algorithm = ExchangeAlgorithm.Sliced },
                            cancellation
                        ),
                ]
        )
        {
            errors.Add(await Assert.ThrowsAsync<CollectiveAbortedException>(() => join));
        }
        Assert.Contains(errors, e => e.Message.Contains("all ranks must have equal options", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_a_rank_that_waits_for_others_when_cancelled_then_it_gives_up_and_may_join_again()
    {
        await using var silos = new Silos(2);
        using var cancellation = new CancellationTokenSource();
        var accepts = silos[0].JoinAsync(silos.Group(0, 2, [1, 2]), null, cancellation.Token);
        var connects = silos[1].JoinAsync(silos.Group(1, 2, [1, 2], generation: 9), null, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepts);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connects);
        foreach (var rank in await silos.JoinAsync(2, [1, 2]))
            rank.Dispose();
    }

    [Fact]
    public async Task Given_a_process_that_is_gone_when_a_rank_connects_then_it_is_named()
    {
        await using var silos = new Silos(2);
        var group = silos.Group(1, 2, [1, 2]);
        await silos[0].DisposeAsync();
        var error = await Assert.ThrowsAsync<CollectiveAbortedException>(() =>
            silos[1].JoinAsync(group, new() { JoinTimeout = TimeSpan.FromMilliseconds(200) })
        );
        Assert.StartsWith(
            "Rank 0 of 2 on node-0 (train-7, generation 3) cannot be connected at 127.0.0.1:",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Given_an_address_that_never_answers_when_a_rank_connects_then_the_join_timeout_holds()
    {
        await using var silos = new Silos(2);
        var group = silos.Group(1, 2, [1, 2]);
        var nowhere = group.Members[0].Address with { Tcp = "192.0.2.1:9" }; // a network for documentation only
        group = group with { Members = [group.Members[0] with { Address = nowhere }, group.Members[1]] };
        var join = silos[1]
            .JoinAsync(group, new() { Link = LinkKind.Tcp, JoinTimeout = TimeSpan.FromMilliseconds(300) });
        var error = await Assert.ThrowsAsync<CollectiveAbortedException>(() =>
            join.WaitAsync(TimeSpan.FromSeconds(20))
        );
        Assert.Contains("cannot be connected at 192.0.2.1:9", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rank", "Rank 2 is none of the ranks 0 to 1")]
    [InlineData("token", "The token has 3 bytes")]
    [InlineData("job", "The job's id has 0 characters")]
    [InlineData("shards", "The ranks have the shards [0,2) of 3")]
    [InlineData("ranges", "Rank 1 has the shards [0,2) where shard 1 comes next")]
    [InlineData("chunk", "ChunkBytes is 100")]
    public async Task Given_a_wrong_group_when_joined_then_the_field_is_named(string field, string message)
    {
        await using var silos = new Silos(2);
        var group = silos.Group(0, 2, [1, 2]);
        group = field switch
        {
            "rank" => group with { Rank = 2 },
            "token" => group with { Token = new byte[3] },
            "job" => group with { Job = "" },
            "shards" => group with { Shards = 3 },
            "ranges" => group with { Members = [group.Members[0], group.Members[1] with { Low = 0 }] },
            _ => group,
        };
        var options = new GroupOptions { ChunkBytes = field == "chunk" ? 100 : 4096 };
        var error = await Assert.ThrowsAsync<ArgumentException>(() => silos[0].JoinAsync(group, options));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
