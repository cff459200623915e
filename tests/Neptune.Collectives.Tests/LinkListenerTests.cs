using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Neptune.Collectives.Tests;

/// <summary>Who connects is greeted, or refused for a reason that is counted; the listener serves on.</summary>
public class LinkListenerTests
{
    private static readonly byte[] _token = Silos.Token;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_a_handler_when_a_stream_is_opened_then_bytes_go_both_ways(bool overUnix)
    {
        await using var listener = LinkListener.Start();
        using var handler = Echo(listener);
        var address = overUnix ? listener.Address : listener.Address with { UnixPath = "" };
        Assert.True(Encoding.UTF8.GetByteCount(listener.Address.UnixPath) is > 0 and < 100);
        await AssertEchoesAsync(address);
        Assert.Empty(listener.Refusals.Snapshot());
    }

    [Fact]
    public async Task Given_another_token_when_a_stream_is_opened_then_it_is_refused_and_the_listener_serves_on()
    {
        await using var listener = LinkListener.Start();
        using var handler = Echo(listener);
        var error = await Assert.ThrowsAsync<IOException>(() =>
            LinkConnector.OpenAsync(listener.Address, "echo", new byte[32], TestContext.Current.CancellationToken)
        );
        Assert.Contains("WrongToken", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, listener.RefusalCount(LinkRefusal.WrongToken));
        await AssertEchoesAsync(listener.Address);
    }

    [Fact]
    public async Task Given_a_purpose_that_nobody_serves_when_a_stream_is_opened_then_it_is_refused()
    {
        await using var listener = LinkListener.Start();
        var handler = Echo(listener);
        Assert.Throws<InvalidOperationException>(() => Echo(listener));
        handler.Dispose();
        var error = await Assert.ThrowsAsync<IOException>(() =>
            LinkConnector.OpenAsync(listener.Address, "echo", _token, TestContext.Current.CancellationToken)
        );
        Assert.Contains("UnknownPurpose", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, listener.RefusalCount(LinkRefusal.UnknownPurpose));
    }

    [Fact]
    public async Task Given_a_handler_that_fails_when_a_stream_is_opened_then_it_ends_and_the_listener_serves_on()
    {
        await using var listener = LinkListener.Start();
        using var failing = listener.Handle("fails", () => _token, (_, _) => throw new InvalidOperationException());
        using var handler = Echo(listener);
        await using var stream = await LinkConnector.OpenAsync(
            listener.Address,
            "fails",
            _token,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(0, await stream.ReadAsync(new byte[1]));
        await AssertEchoesAsync(listener.Address);
    }

    [Fact]
    public async Task Given_a_hello_that_was_recorded_when_it_is_sent_again_then_it_is_refused()
    {
        await using var listener = LinkListener.Start();
        using var handler = Echo(listener);
        using var first = Connect(listener);
        var hello = LinkHandshake.Hello(Read(first, LinkHandshake.ChallengeSize), LinkGreeting.Stream("echo"), _token);
        first.Send(hello);
        Assert.Equal(LinkHandshake.Accepted, Read(first, LinkHandshake.WelcomeSize)[0]);
        using var second = Connect(listener);
        Read(second, LinkHandshake.ChallengeSize);
        second.Send(hello);
        AssertRefused(second, LinkRefusal.WrongToken);
        Assert.Equal(1, listener.RefusalCount(LinkRefusal.WrongToken));
        await AssertEchoesAsync(listener.Address);
    }

    public static TheoryData<string, LinkRefusal> WrongHellos =>
        new()
        {
            { "text", LinkRefusal.MalformedHello },
            { "another version", LinkRefusal.Version },
            { "too short", LinkRefusal.MalformedHello },
            { "too long", LinkRefusal.MalformedHello },
            { "an unknown kind", LinkRefusal.MalformedHello },
            { "more than a hello", LinkRefusal.MalformedHello },
            { "a changed byte", LinkRefusal.WrongToken },
        };

    [Theory]
    [MemberData(nameof(WrongHellos))]
    public async Task Given_a_wrong_hello_when_it_comes_then_it_is_refused_and_the_listener_serves_on(
        string what,
        LinkRefusal reason
    )
    {
        await using var listener = LinkListener.Start();
        using var handler = Echo(listener);
        using var socket = Connect(listener);
        var hello = LinkHandshake.Hello(
            Read(socket, LinkHandshake.ChallengeSize),
            what == "more than a hello" ? LinkGreeting.Group("train-7", 1, 1, 0) : LinkGreeting.Stream("echo"),
            _token
        );
        switch (what)
        {
            case "text":
                hello = [.. "GET / HTTP/1.1\r\n\r\n"u8];
                break;
            case "another version":
                hello[4] = 9;
                break;
            case "too short":
                (hello[6], hello[7]) = (3, 0);
                break;
            case "too long":
                (hello[6], hello[7]) = (0xFF, 0xFF);
                break;
            case "an unknown kind":
                hello[8] = 7;
                break;
            case "more than a hello":
                hello = [.. hello, 1];
                break;
            case "a changed byte":
                hello[20] ^= 1;
                break;
        }
        socket.Send(hello);
        AssertRefused(socket, reason);
        Assert.Equal(1, listener.RefusalCount(reason));
        await AssertEchoesAsync(listener.Address);
    }

    [Fact]
    public async Task Given_a_connection_that_says_nothing_when_its_time_is_over_then_it_is_refused()
    {
        await using var listener = LinkListener.Start(new() { HelloTimeout = TimeSpan.FromMilliseconds(50) });
        using var socket = Connect(listener);
        Read(socket, LinkHandshake.ChallengeSize);
        AssertRefused(socket, LinkRefusal.Timeout);
    }

    [Fact]
    public async Task Given_a_group_that_nobody_joins_when_its_time_is_over_then_the_connection_is_refused()
    {
        await using var listener = LinkListener.Start(new() { GroupTimeout = TimeSpan.FromMilliseconds(50) });
        using var socket = Connect(listener);
        var challenge = Read(socket, LinkHandshake.ChallengeSize);
        socket.Send(LinkHandshake.Hello(challenge, LinkGreeting.Group("train-7", 1, 1, 0), _token));
        AssertRefused(socket, LinkRefusal.UnknownGroup);
    }

    [Fact]
    public async Task Given_too_many_connections_that_wait_when_one_more_comes_then_the_oldest_is_refused()
    {
        await using var listener = LinkListener.Start(new() { MaxWaiting = 2 });
        using var handler = Echo(listener);
        using var first = Connect(listener);
        Read(first, LinkHandshake.ChallengeSize);
        using var second = Connect(listener);
        Read(second, LinkHandshake.ChallengeSize);
        await AssertEchoesAsync(listener.Address);
        AssertRefused(first, LinkRefusal.Overload);
        Assert.Equal(1, listener.RefusalCount(LinkRefusal.Overload));
    }

    [Fact]
    public async Task Given_a_rank_that_is_connected_when_it_connects_again_then_the_second_is_refused()
    {
        await using var silos = new Silos(1);
        var group = silos.Group(0, 2, [1, 2]);
        using var entrance = silos[0].Listener.Expect(group);
        using var first = Greet(silos[0].Listener, from: 1);
        Assert.Equal(LinkHandshake.Accepted, Read(first, LinkHandshake.WelcomeSize)[0]);
        foreach (var from in (int[])[1, 0, 2, -1])
        {
            using var second = Greet(silos[0].Listener, from);
            AssertRefused(second, LinkRefusal.UnexpectedRank);
        }
    }

    [Fact]
    public async Task Given_a_rank_that_connects_first_when_the_other_joins_later_then_they_meet()
    {
        await using var silos = new Silos(2);
        var cancellation = TestContext.Current.CancellationToken;
        var connects = silos[1].JoinAsync(silos.Group(1, 2, [1, 2]), null, cancellation);
        // A stream's round trip: the listener has seen connections that came before.
        using var handler = Echo(silos[0].Listener);
        await AssertEchoesAsync(silos[0].Listener.Address);
        var accepts = silos[0].JoinAsync(silos.Group(0, 2, [1, 2]), null, cancellation);
        foreach (var rank in await Task.WhenAll(connects, accepts))
            rank.Dispose();
    }

    [Fact]
    public async Task Given_a_token_that_cannot_be_had_when_a_stream_is_opened_then_the_listener_serves_on()
    {
        await using var listener = LinkListener.Start();
        using var handler = Echo(listener);
        using var locked = listener.Handle(
            "locked",
            () => throw new InvalidOperationException(),
            (_, _) => Task.CompletedTask
        );
        await Assert.ThrowsAnyAsync<IOException>(() =>
            LinkConnector.OpenAsync(listener.Address, "locked", _token, TestContext.Current.CancellationToken)
        );
        await AssertEchoesAsync(listener.Address);
    }

    [Fact]
    public async Task Given_refusals_when_they_are_counted_then_the_meter_shows_the_reason()
    {
        var reasons = new List<string>();
        await using var listener = LinkListener.Start();
        using var meter = new MeterListener();
        meter.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == LinkRefusals.MeterName && instrument.Name == "neptune.links.refused")
                self.EnableMeasurementEvents(instrument);
        };
        meter.SetMeasurementEventCallback<long>(
            (_, _, tags, _) =>
            {
                lock (reasons)
                    reasons.Add((string)tags[0].Value!);
            }
        );
        meter.Start();
        listener.Refusals.Add(LinkRefusal.FrameJob);
        lock (reasons)
            Assert.Contains("FrameJob", reasons);
        Assert.Equal(1, listener.Refusals.Snapshot()[LinkRefusal.FrameJob]);
    }

    [Fact]
    public async Task Given_a_port_that_is_taken_when_a_listener_starts_then_the_error_says_what_to_do()
    {
        await using var listener = LinkListener.Start();
        var port = IPEndPoint.Parse(listener.Address.Tcp).Port;
        var error = Assert.Throws<IOException>(() => LinkListener.Start(new() { Port = port }));
        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
        Assert.Contains("0 for any free port", error.Message, StringComparison.Ordinal);
    }

    private static IDisposable Echo(LinkListener listener) =>
        listener.Handle("echo", () => _token, (stream, cancellation) => stream.CopyToAsync(stream, cancellation));

    private static async Task AssertEchoesAsync(LinkAddress address)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var stream = await LinkConnector.OpenAsync(address, "echo", _token, cancellation);
        byte[] sent = [1, 2, 3];
        await stream.WriteAsync(sent, cancellation);
        var received = new byte[3];
        await stream.ReadExactlyAsync(received, cancellation);
        Assert.Equal(sent, received);
    }

    private static Socket Connect(LinkListener listener)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = 20_000,
        };
        socket.Connect(IPEndPoint.Parse(listener.Address.Tcp));
        return socket;
    }

    private static Socket Greet(LinkListener listener, int from)
    {
        var socket = Connect(listener);
        var challenge = Read(socket, LinkHandshake.ChallengeSize);
        socket.Send(LinkHandshake.Hello(challenge, LinkGreeting.Group("train-7", 3, from, 0), _token));
        return socket;
    }

    private static byte[] Read(Socket socket, int length)
    {
        var bytes = new byte[length];
        for (var done = 0; done < length; )
        {
            var received = socket.Receive(bytes.AsSpan(done));
            Assert.NotEqual(0, received);
            done += received;
        }
        return bytes;
    }

    private static void AssertRefused(Socket socket, LinkRefusal reason) =>
        Assert.Equal(LinkHandshake.Refusal(reason), Read(socket, LinkHandshake.WelcomeSize));
}
