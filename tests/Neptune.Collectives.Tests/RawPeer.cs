using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Neptune.Collectives.Tests;

/// <summary>A real rank 0 of two, and in place of rank 1 a bare socket that can say anything.</summary>
internal sealed class RawPeer : IDisposable
{
    private static readonly LinkAddress _nowhere = new("host", "process", "", "127.0.0.1:1");

    public RawPeer(GroupOptions? options = null)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Socket.Connect(listener.LocalEndPoint!);
        var link = new Link(Group, 1, LinkTransport.Over(listener.Accept()), Refusals);
        Rank = new LinkedCollective(
            Group,
            options ?? new() { ChunkBytes = 4096, StallLimit = TimeSpan.FromSeconds(30) },
            [null, link],
            new Sleeper(),
            maySpin: false
        );
    }

    public static CollectiveGroup Group { get; } =
        new()
        {
            Job = "train-7",
            Generation = 3,
            Token = Silos.Token,
            Rank = 0,
            Shards = 2,
            Members = [new(_nowhere, "node-0", 0, 1), new(_nowhere, "node-1", 1, 2)],
        };

    public LinkedCollective Rank { get; }

    public Socket Socket { get; }

    public LinkRefusals Refusals { get; } = new();

    /// <summary>What rank 0's all-reduce of so many values ends with, once the peer has done its part.</summary>
    public async Task<Exception?> AllReduceAsync(int length, Action peer, CancellationToken cancellation = default)
    {
        var call = Task.Factory.StartNew(
            () =>
            {
                var values = new float[length];
                ((ICollective)Rank).AllReduce(2, [new(new(0, 1), values)], values, cancellation);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        peer();
        return await Record.ExceptionAsync(() => call.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    /// <summary>The frame that rank 1 owes in a direct all-reduce of so many values: header and payload.</summary>
    public static byte[] Frame(int length, Func<FrameHeader, FrameHeader>? change = null, int offset = 0)
    {
        var payload = MemoryMarshal.AsBytes(new float[length].AsSpan());
        var header = new FrameHeader(
            FrameKind.Partial,
            1,
            Exchange.HashOf(Group.Job),
            1,
            Group.Generation,
            FrameHeader.WholeVector,
            new(1, 2),
            offset,
            payload.Length,
            FrameChecksum.Of(payload)
        );
        var frame = new byte[FrameHeader.Size + payload.Length];
        (change?.Invoke(header) ?? header).Write(frame);
        payload.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }

    /// <summary>Reads frames until one that ends the group, and gives its kind and text.</summary>
    public (FrameKind Kind, string Text) ReadLastWords()
    {
        Socket.ReceiveTimeout = 20_000;
        var buffer = new byte[FrameHeader.Size];
        while (true)
        {
            ReadExactly(buffer);
            Assert.Null(FrameHeader.TryRead(buffer, out var header));
            var payload = new byte[header.Length];
            ReadExactly(payload);
            if (header.Kind is FrameKind.Abort or FrameKind.Leave)
                return (header.Kind, System.Text.Encoding.UTF8.GetString(payload));
        }
    }

    public void Dispose()
    {
        Rank.Dispose();
        Socket.Dispose();
    }

    private void ReadExactly(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var received = Socket.Receive(bytes);
            Assert.NotEqual(0, received);
            bytes = bytes[received..];
        }
    }
}
