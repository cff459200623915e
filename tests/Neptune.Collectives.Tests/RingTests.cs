using System.Net.Sockets;

namespace Neptune.Collectives.Tests;

public unsafe class RingTests
{
    private const int Capacity = 100;

    [Fact]
    public void Given_any_writes_and_reads_when_they_take_turns_then_bytes_come_in_order() =>
        Gen.Int[0, 150]
            .Array[1, 60]
            .Sample(sizes =>
            {
                var pipe = new MemoryPipe(Capacity);
                var (written, read) = (0, 0);
                for (var i = 0; i < sizes.Length; i++)
                {
                    var bytes = new byte[sizes[i]];
                    if (i % 2 == 0)
                    {
                        for (var b = 0; b < bytes.Length; b++)
                            bytes[b] = (byte)(written + b);
                        written += pipe.Write(bytes);
                    }
                    else
                    {
                        var count = pipe.Read(bytes);
                        Assert.Equal(Math.Min(bytes.Length, written - read), count);
                        Assert.All(bytes[..count], b => Assert.Equal((byte)read++, b));
                    }
                    Assert.Equal(written > read, pipe.Ring.HasBytes);
                    Assert.Equal(written - read < Capacity, pipe.Ring.HasRoom);
                }
            });

    [Fact]
    public void Given_counters_that_another_process_spoiled_when_used_then_nothing_outside_the_ring_is_touched()
    {
        const int margin = 4096;
        Gen.Select(Gen.Long, Gen.Long, Gen.Int[0, 300])
            .Sample(
                (written, read, size) =>
                {
                    var memory = new byte[margin + Ring.SizeFor(Capacity) + margin];
                    fixed (byte* start = memory)
                    {
                        var ring = new Ring(start + margin, Capacity);
                        *(long*)(start + margin) = written;
                        *(long*)(start + margin + 64) = read;
                        Assert.InRange(ring.Write(Enumerable.Repeat((byte)7, size).ToArray()), 0, Capacity);
                        Assert.InRange(ring.Read(new byte[size]), 0, Capacity);
                    }
                    Assert.All(memory[..margin], b => Assert.Equal(0, b));
                    Assert.All(memory[^margin..], b => Assert.Equal(0, b));
                }
            );
    }

    [Fact]
    public void Given_shared_memory_when_the_other_side_has_gone_then_its_last_bytes_come_before_the_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is for Linux.");
        var (one, other) = Pair();
        using (one)
        {
            Assert.Equal(3, other.Send([1, 2], [3]));
            other.Dispose();
            other.Dispose(); // as often as one likes
            one.Woken();
            Span<byte> received = stackalloc byte[8];
            Assert.Equal(3, one.Receive(received, []));
            Assert.Equal<byte>([1, 2, 3], received[..3].ToArray());
            Assert.Equal(LinkTransport.Closed, one.Receive(received, []));
            Assert.Equal(LinkTransport.Closed, one.Send([1], []));
        }
        Assert.Equal(LinkTransport.Closed, other.Send([1], []));
        Assert.Equal(LinkTransport.Closed, other.Receive(new byte[1], []));
        Assert.False(other.IsReady(read: true, write: true));
    }

    [Fact]
    public void Given_a_side_that_waits_when_bytes_or_room_come_then_it_is_woken_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is for Linux.");
        var (one, other) = Pair();
        using (one)
        using (other)
        {
            one.Announce(isAsleep: true, read: true, write: false);
            other.Send([1], []);
            other.Send([2], []);
            Assert.Equal(1, one.Socket!.Available);
            one.Woken();
            Assert.Equal(0, one.Socket.Available);
            one.Announce(isAsleep: true, read: false, write: true);
            one.Announce(isAsleep: false, read: false, write: true);
            other.Send([3], []);
            Assert.Equal(0, one.Socket.Available);
        }
    }

    [Fact]
    public void Given_another_file_when_offered_as_shared_memory_then_it_is_not_opened()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory is for Linux.");
        Assert.Null(SharedMemory.TryOpen("/etc/hostname"));
        Assert.Null(SharedMemory.TryOpen("/dev/shm/neptune-link-/../../../etc/hostname"));
        Assert.Null(SharedMemory.TryOpen("/dev/shm/neptune-link-missing"));
        const string small = "/dev/shm/neptune-link-test-small";
        File.WriteAllText(small, "too small");
        Assert.Null(SharedMemory.TryOpen(small));
        File.Delete(small);
    }

    private static (SharedTransport, SharedTransport) Pair()
    {
        var made = SharedMemory.TryMake(out var path)!;
        var opened = SharedMemory.TryOpen(path)!;
        File.Delete(path);
        var socketPath = Path.Combine(HostIdentity.SocketFolder()!, $"{Guid.NewGuid():N}.test");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(socketPath));
        listener.Listen(1);
        var connected = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        connected.Connect(new UnixDomainSocketEndPoint(socketPath));
        var accepted = listener.Accept();
        File.Delete(socketPath);
        return (new(connected, made), new(accepted, opened));
    }
}
