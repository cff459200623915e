namespace Neptune.Collectives.Tests;

/// <summary>What a rank does when its peer's link brings anything but what comes next.</summary>
public class LinkFaultTests
{
    private const int Length = 100;

    public static TheoryData<string, LinkRefusal> WrongFrames =>
        new()
        {
            { "garbage", LinkRefusal.FrameMagic },
            { "a changed header", LinkRefusal.FrameHeaderChecksum },
            { "changed values", LinkRefusal.FramePayloadChecksum },
            { "another job", LinkRefusal.FrameJob },
            { "another generation", LinkRefusal.FrameGeneration },
            { "another rank", LinkRefusal.FrameRank },
            { "an earlier all-reduce", LinkRefusal.FrameSequence },
            { "a later all-reduce", LinkRefusal.FrameSequence },
            { "an oversized length", LinkRefusal.FrameLength },
            { "a negative length", LinkRefusal.FrameLength },
            { "an offset behind the end", LinkRefusal.FrameLength },
            { "an offset inside a chunk", LinkRefusal.FrameLength },
            { "an oversized reason", LinkRefusal.FrameLength },
            { "another node", LinkRefusal.FrameUnexpected },
            { "the receiver's own node", LinkRefusal.FrameUnexpected },
            { "another slice", LinkRefusal.FrameUnexpected },
            { "an unknown kind", LinkRefusal.FrameUnexpected },
            { "a sum that nobody may send", LinkRefusal.FrameUnexpected },
        };

    [Theory]
    [MemberData(nameof(WrongFrames))]
    public async Task Given_a_wrong_frame_when_it_comes_then_it_is_refused_and_counted_and_the_peer_is_named(
        string what,
        LinkRefusal reason
    )
    {
        using var duo = new RawPeer();
        var error = await duo.AllReduceAsync(Length, () => duo.Socket.Send(Wrong(what)));
        var aborted = Assert.IsType<CollectiveAbortedException>(error);
        Assert.StartsWith(
            $"Rank 1 of 2 on node-1 (train-7, generation 3) sent a frame that is refused ({reason})",
            aborted.Message,
            StringComparison.Ordinal
        );
        Assert.Equal((1, "node-1"), (aborted.Rank, aborted.Node));
        Assert.Equal(1, duo.Refusals.Count(reason));
        var again = Assert.Throws<CollectiveAbortedException>(() => duo.Rank.Begin(2, [], default));
        Assert.Equal(aborted.Message, again.Message);
    }

    [Fact]
    public async Task Given_the_right_frame_when_it_comes_then_the_all_reduce_is_complete()
    {
        using var duo = new RawPeer();
        Assert.Null(await duo.AllReduceAsync(Length, () => duo.Socket.Send(RawPeer.Frame(Length))));
        Assert.Empty(duo.Refusals.Snapshot());
    }

    [Fact]
    public async Task Given_a_frame_when_it_comes_byte_by_byte_then_the_all_reduce_is_complete()
    {
        using var duo = new RawPeer();
        var error = await duo.AllReduceAsync(
            Length,
            () =>
            {
                foreach (var one in RawPeer.Frame(Length))
                    duo.Socket.Send([one]);
            }
        );
        Assert.Null(error);
    }

    [Fact]
    public async Task Given_a_frame_when_it_comes_twice_then_the_second_is_refused()
    {
        using var duo = new RawPeer();
        var frame = RawPeer.Frame(1024); // one of two chunks
        var error = await duo.AllReduceAsync(2048, () => duo.Socket.Send([.. frame, .. frame]));
        Assert.IsType<CollectiveAbortedException>(error);
        Assert.Equal(1, duo.Refusals.Count(LinkRefusal.FrameUnexpected));
    }

    [Theory]
    [InlineData(0, "closed its link while its values were waited for")]
    [InlineData(20, "in the middle of a frame's header")]
    [InlineData(164, "in the middle of a frame, after 100 of 400 bytes")]
    public async Task Given_a_link_that_is_cut_when_a_frame_is_under_way_then_the_place_is_named(int bytes, string what)
    {
        using var duo = new RawPeer();
        var error = await duo.AllReduceAsync(
            Length,
            () =>
            {
                duo.Socket.Send(RawPeer.Frame(Length).AsSpan(0, bytes));
                duo.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            }
        );
        var aborted = Assert.IsType<CollectiveAbortedException>(error);
        Assert.Contains(what, aborted.Message, StringComparison.Ordinal);
        Assert.Contains("node-1", aborted.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_peer_that_is_killed_when_it_is_sent_to_then_it_is_named()
    {
        using var duo = new RawPeer();
        duo.Socket.LingerState = new(true, 0); // closing resets the connection, as the system does for a process that dies
        var error = await duo.AllReduceAsync(10_000_000, duo.Socket.Close);
        var aborted = Assert.IsType<CollectiveAbortedException>(error);
        Assert.StartsWith("Rank 1 of 2 on node-1", aborted.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10_000_000, "has taken no byte for 0.2 s")]
    [InlineData(100, "has sent no byte for 0.2 s")]
    public async Task Given_a_peer_that_does_nothing_when_the_stall_limit_is_over_then_the_group_ends(
        int length,
        string what
    )
    {
        using var duo = new RawPeer(new() { StallLimit = TimeSpan.FromMilliseconds(200) });
        var error = await duo.AllReduceAsync(length, () => { });
        Assert.Contains(what, Assert.IsType<CollectiveAbortedException>(error).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LinkKind.Memory, 100, "has sent no byte for 0.2 s")]
    [InlineData(LinkKind.Memory, 1_000_000, "has taken no byte for 0.2 s")]
    [InlineData(LinkKind.Shared, 100, "has sent no byte for 0.2 s")]
    [InlineData(LinkKind.Shared, 1_000_000, "has taken no byte for 0.2 s")]
    public async Task Given_a_link_through_memory_when_the_peer_does_nothing_then_the_stall_limit_holds(
        LinkKind kind,
        int length,
        string what
    )
    {
        await using var silos = new Silos(kind == LinkKind.Memory ? 1 : 2);
        var options = new GroupOptions { Link = kind, StallLimit = TimeSpan.FromMilliseconds(200) };
        var ranks = await silos.JoinAsync(2, [1, 2], options);
        var error = Assert.Throws<CollectiveAbortedException>(() => AllReduce(ranks[0], 0, new float[length]));
        Assert.Contains($"on node-1 (train-7, generation 3) {what}", error.Message, StringComparison.Ordinal);
        // What rank 0 had sent before may be all that rank 1 needs for this one; it learns of the end by the next.
        Record.Exception(() => AllReduce(ranks[1], 1, new float[length]));
        Assert.Throws<CollectiveAbortedException>(() => AllReduce(ranks[1], 1, new float[length]));
        foreach (var rank in ranks)
            rank.Dispose();
    }

    [Theory]
    [InlineData(LinkKind.Memory)]
    [InlineData(LinkKind.Shared)]
    [InlineData(LinkKind.Unix)]
    public async Task Given_a_rank_that_sleeps_when_its_peer_comes_late_then_it_is_woken(LinkKind kind)
    {
        await using var silos = new Silos(kind == LinkKind.Memory ? 1 : 2);
        var options = new GroupOptions
        {
            Link = kind,
            Spin = TimeSpan.Zero,
            StallLimit = TimeSpan.FromSeconds(20),
        };
        var ranks = await silos.JoinAsync(2, [1, 2], options);
        Ranks.RunAll(
            2,
            rank =>
            {
                using var collective = ranks[rank];
                var values = new float[600_000]; // more than a ring holds: room must wake as bytes do
                for (var step = 0; step < 20; step++)
                {
                    if (step % 2 == rank)
                        Thread.Yield();
                    AllReduce(collective, rank, values);
                }
            }
        );
    }

    [Fact]
    public async Task Given_a_rank_that_waits_when_cancelled_then_it_says_so_and_the_peer_is_told()
    {
        using var duo = new RawPeer();
        using var cancellation = new CancellationTokenSource();
        var error = await duo.AllReduceAsync(Length, cancellation.Cancel, cancellation.Token);
        Assert.IsType<OperationCanceledException>(error, exactMatch: false);
        Assert.Equal(
            (FrameKind.Abort, "Rank 0 of 2 on node-0 (train-7, generation 3) gave up: it was cancelled."),
            duo.ReadLastWords()
        );
    }

    [Fact]
    public async Task Given_a_rank_that_waits_when_another_thread_aborts_then_it_ends_and_the_peer_is_told()
    {
        using var duo = new RawPeer();
        var error = await duo.AllReduceAsync(Length, () => duo.Rank.Abort("its disk is full."));
        const string reason = "Rank 0 of 2 on node-0 (train-7, generation 3) gave up: its disk is full.";
        Assert.Equal(reason, Assert.IsType<CollectiveAbortedException>(error).Message);
        Assert.Equal((FrameKind.Abort, reason), duo.ReadLastWords());
    }

    [Fact]
    public async Task Given_a_rank_that_waits_when_another_thread_disposes_it_then_both_return()
    {
        using var duo = new RawPeer();
        var error = await duo.AllReduceAsync(Length, duo.Rank.Dispose);
        // Which of both comes first is open: the call may find the rank disposed already.
        Assert.True(error is CollectiveAbortedException or ObjectDisposedException, $"{error}");
        Assert.EndsWith("has left the group.", duo.ReadLastWords().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_rank_that_computes_when_aborted_then_the_peer_is_told_at_once()
    {
        using var duo = new RawPeer();
        var values = new float[Length];
        duo.Rank.Begin(2, [new(new(0, 1), values)], values);
        duo.Rank.Abort("its disk is full.");
        Assert.EndsWith("its disk is full.", duo.ReadLastWords().Text, StringComparison.Ordinal);
        Assert.Throws<CollectiveAbortedException>(() => duo.Rank.Publish(0, Length));
        Assert.Throws<CollectiveAbortedException>(() => duo.Rank.Complete(CancellationToken.None));
    }

    [Fact]
    public async Task Given_a_peer_that_leaves_when_it_is_needed_then_that_is_said()
    {
        await using var silos = new Silos(2);
        var ranks = await silos.JoinAsync(2, [1, 2], new() { Link = LinkKind.Unix });
        ranks[1].Dispose();
        var error = Assert.Throws<CollectiveAbortedException>(() => AllReduce(ranks[0], 0, new float[4]));
        Assert.Equal("Rank 1 of 2 on node-1 (train-7, generation 3) has left the group.", error.Message);
        ranks[0].Dispose();
        Assert.Throws<ObjectDisposedException>(() => ranks[0].Begin(2, [], default));
    }

    [Theory]
    [InlineData(LinkKind.Auto)]
    [InlineData(LinkKind.Shared)]
    [InlineData(LinkKind.Unix)]
    [InlineData(LinkKind.Tcp)]
    public async Task Given_ranks_that_wait_when_one_aborts_then_all_are_told_who_and_why(LinkKind kind)
    {
        await using var silos = new Silos(2);
        var ranks = await silos.JoinAsync(
            4,
            [1, 2, 3, 4],
            new() { Link = kind == LinkKind.Memory ? LinkKind.Auto : kind }
        );
        var errors = Ranks.Run(
            4,
            rank =>
            {
                using var collective = ranks[rank];
                if (rank == 2)
                    collective.Abort("its disk is full.");
                else
                    AllReduce(collective, rank, new float[100_000], shards: 4);
            }
        );
        Assert.Null(errors[2]);
        foreach (var rank in (int[])[0, 1, 3])
        {
            Assert.Equal(
                "Rank 2 of 4 on node-2 (train-7, generation 3) gave up: its disk is full.",
                Assert.IsType<CollectiveAbortedException>(errors[rank]).Message
            );
        }
    }

    [Fact]
    public async Task Given_ranks_that_disagree_about_the_length_when_they_meet_then_they_are_told()
    {
        await using var silos = new Silos(2);
        var ranks = await silos.JoinAsync(2, [1, 2], new() { Link = LinkKind.Unix });
        var errors = Ranks.Run(
            2,
            rank =>
            {
                using var collective = ranks[rank];
                AllReduce(collective, rank, new float[rank == 0 ? 4 : 5]);
            }
        );
        Assert.Contains(
            errors,
            e => e!.Message.Contains("All ranks must make the same calls in the same order.", StringComparison.Ordinal)
        );
        Assert.All(errors, e => Assert.IsType<CollectiveAbortedException>(e));
    }

    [Fact]
    public void Given_wrong_calls_when_made_then_they_are_explained()
    {
        using var duo = new RawPeer();
        var rank = duo.Rank;
        Assert.Contains("call Begin first", Assert.Throws<InvalidOperationException>(() => rank.Publish(0, 1)).Message);
        Assert.Contains(
            "call Begin first",
            Assert.Throws<InvalidOperationException>(() => rank.Complete(CancellationToken.None)).Message
        );
        var values = new float[Length];
        rank.Begin(2, [new(new(0, 1), values)], values);
        Assert.Contains(
            "call Complete first",
            Assert.Throws<InvalidOperationException>(() => rank.Begin(2, [], values)).Message
        );
        rank.Publish(0, 60);
        Assert.Contains("published before", Assert.Throws<ArgumentException>(() => rank.Publish(50, 100)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => rank.Publish(60, 101));
        Assert.Throws<ArgumentOutOfRangeException>(() => rank.Publish(-1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => rank.Publish(70, 60));
        Assert.Contains(
            "40 values are not published yet",
            Assert.Throws<InvalidOperationException>(() => rank.Complete(CancellationToken.None)).Message
        );
    }

    [Theory]
    [InlineData(3, 0, 1, 100, "shards is 3; the group was joined for 2")]
    [InlineData(2, 1, 2, 100, "the partial sum [1,2) comes where the rank's range has [0,1)")]
    [InlineData(2, 0, 1, 99, "has 99 values, the result 100")]
    public void Given_wrong_partials_when_begun_then_the_rank_is_told_and_the_group_ends(
        int shards,
        int low,
        int high,
        int length,
        string what
    )
    {
        using var duo = new RawPeer();
        var error = Assert.Throws<ArgumentException>(() =>
            duo.Rank.Begin(shards, [new(new(low, high), new float[length])], new float[Length])
        );
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains(what, duo.ReadLastWords().Text, StringComparison.Ordinal);
    }

    private static void AllReduce(ICollective collective, int rank, float[] values, int shards = 2) =>
        collective.AllReduce(shards, [new(new(rank, rank + 1), values)], values, CancellationToken.None);

    private static byte[] Wrong(string what)
    {
        var frame = RawPeer.Frame(Length);
        switch (what)
        {
            case "garbage":
                return [.. "GET / HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\nUser-Agent: nobody\r\n\r\n"u8];
            case "a changed header":
                frame[30] ^= 4;
                return frame;
            case "changed values":
                frame[100] ^= 128;
                return frame;
        }
        return RawPeer.Frame(
            Length,
            h =>
                what switch
                {
                    "another job" => h with { Job = 7 },
                    "another generation" => h with { Generation = 2 },
                    "another rank" => h with { From = 0 },
                    "an earlier all-reduce" => h with { Sequence = 0 },
                    "a later all-reduce" => h with { Sequence = 2 },
                    "an oversized length" => h with { Length = int.MaxValue },
                    "a negative length" => h with { Length = -4 },
                    "an offset behind the end" => h with { Offset = 100 },
                    "an offset inside a chunk" => h with { Offset = 16 },
                    "an oversized reason" => h with { Kind = FrameKind.Abort, Length = 5000 },
                    "another node" => h with { Node = new(0, 2) },
                    "the receiver's own node" => h with { Node = new(0, 1) },
                    "another slice" => h with { Slice = 1 },
                    "an unknown kind" => h with { Kind = (FrameKind)9 },
                    "a sum that nobody may send" => h with { Kind = FrameKind.Sum, Node = new(0, 2) },
                    _ => throw new ArgumentException(what, nameof(what)),
                }
        );
    }
}
