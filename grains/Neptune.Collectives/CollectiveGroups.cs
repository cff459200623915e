using System.Diagnostics;
using System.Net.Sockets;

namespace Neptune.Collectives;

/// <summary>
/// A process's way into groups of ranks: one for each silo. It holds the listener for those who connect, and the groups
/// whose ranks all live here. Safe for all threads.
/// </summary>
public sealed class CollectiveGroups : IAsyncDisposable
{
    private readonly InMemoryGroups _inMemory = new();
    private readonly MemoryLinks _memoryLinks = new();
    private readonly CalibrationMemory _measured = new();

    /// <summary>Begins to listen.</summary>
    /// <exception cref="IOException">The address or port cannot be had.</exception>
    public CollectiveGroups(LinkListenerOptions? options = null) => Listener = LinkListener.Start(options);

    /// <summary>Where others connect; its address is what the silo publishes.</summary>
    public LinkListener Listener { get; }

    /// <summary>
    /// Gives a rank its end of a group once all ranks have met. Where all of them live in this process they meet in its
    /// memory; otherwise each has a link to every other.
    /// </summary>
    /// <param name="group">Who the ranks are, and which one this is.</param>
    /// <param name="options">Equal for all ranks.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CollectiveAbortedException">A rank cannot be reached or refuses; the message names it.</exception>
    public Task<ICollective> JoinAsync(
        CollectiveGroup group,
        GroupOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        group.Check();
        options ??= new();
        options.Check();
        var own = Listener.Address.ProcessId;
        if (options.Link == LinkKind.Auto && group.Members.All(m => m.Address.ProcessId == own))
        {
            return _inMemory.JoinAsync(
                group.Job,
                group.Generation,
                group.Rank,
                group.WorldSize,
                options.JoinTimeout,
                cancellation
            );
        }
        // A thread of its own: it waits for others, and its links must not wake the runtime's threads.
        return Task.Factory.StartNew(
            () => Join(group, options, cancellation),
            cancellation,
            TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously,
            TaskScheduler.Default
        );
    }

    /// <summary>Ends the listener; groups go on.</summary>
    public ValueTask DisposeAsync() => Listener.DisposeAsync();

    private ICollective Join(CollectiveGroup group, GroupOptions options, CancellationToken cancellation)
    {
        var deadline = Stopwatch.GetTimestamp() + (long)(options.JoinTimeout.TotalSeconds * Stopwatch.Frequency);
        var links = new Link?[group.WorldSize];
        var sleeper = new Sleeper();
        LinkedCollective? collective = null;
        try
        {
            using (var entrance = Listener.Expect(group))
            {
                for (var peer = 0; peer < group.WorldSize; peer++)
                {
                    if (peer != group.Rank)
                        links[peer] = new(
                            group,
                            peer,
                            OpenLink(group, peer, options, entrance, sleeper, deadline, cancellation),
                            Listener.Refusals
                        );
                }
            }
            var hostId = group.Members[group.Rank].Address.HostId;
            var here = group.Members.Count(m => m.Address.HostId == hostId);
            collective = new(group, options, links, sleeper, here <= Environment.ProcessorCount);
            new Calibration(collective, group, options, _measured).Run(cancellation);
            return collective;
        }
        catch
        {
            _memoryLinks.Forget(group);
            collective?.Dispose();
            foreach (var link in links)
                link?.Dispose();
            sleeper.Dispose();
            throw;
        }
    }

    private LinkTransport OpenLink(
        CollectiveGroup group,
        int peer,
        GroupOptions options,
        GroupEntrance entrance,
        Sleeper sleeper,
        long deadline,
        CancellationToken cancellation
    )
    {
        var own = group.Members[group.Rank].Address;
        var other = group.Members[peer].Address;
        var kind = options.Link;
        if (kind == LinkKind.Memory && own.ProcessId != other.ProcessId)
            throw group.Failure(peer, "lives in another process: a link through memory is not possible.");
        if (kind == LinkKind.Memory || (kind == LinkKind.Auto && own.ProcessId == other.ProcessId))
            return _memoryLinks.Meet(group, peer, sleeper);
        Socket socket;
        if (peer > group.Rank)
        {
            socket = entrance.Take(peer, deadline, cancellation);
        }
        else
        {
            if (kind == LinkKind.Auto && (own.HostId != other.HostId || !LinkConnector.CanConnectUnix(other.UnixPath)))
                kind = LinkKind.Tcp;
            socket = LinkConnector.Connect(group, peer, kind, deadline, cancellation);
        }
        if (socket.AddressFamily == AddressFamily.Unix)
        {
            using var talk = new HandshakeIo(group, peer, socket, deadline, cancellation);
            var memory =
                peer > group.Rank ? talk.TakeMemory() : talk.OfferMemory(kind is LinkKind.Auto or LinkKind.Shared);
            if (memory is not null)
                return new SharedTransport(socket, memory);
            if (kind == LinkKind.Shared)
            {
                socket.Dispose();
                throw group.Failure(peer, "and this rank share no memory: /dev/shm is missing, full, or another one.");
            }
        }
        socket.SendBufferSize = options.BufferBytes;
        socket.ReceiveBufferSize = options.BufferBytes;
        return LinkTransport.Over(socket);
    }
}
