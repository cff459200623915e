using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Neptune.Collectives;

/// <summary>
/// Takes the connections of other processes: a TCP port and a Unix domain socket that all jobs and ranks of a process
/// share. One thread of its own greets those who connect; whoever does not prove a group's or a stream's token in time
/// is refused and counted, and disturbs nobody else. Safe for all threads.
/// </summary>
public sealed class LinkListener : IAsyncDisposable
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    private readonly LinkListenerOptions _options;
    private readonly Socket _tcp;
    private readonly Socket? _unix;
    private readonly WakeUp _wakeUp = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Job, int Generation, int Rank), GroupEntrance> _entrances = [];
    private readonly Dictionary<string, StreamHandler> _handlers = new(StringComparer.Ordinal);
    private readonly HashSet<Task> _streams = [];
    private readonly List<PendingConnection> _pending = [];
    private bool _isFull;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LinkListener(LinkListenerOptions options)
    {
        _options = options;
        _tcp = new Socket(options.ListenOn.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _tcp.Bind(new IPEndPoint(options.ListenOn, options.Port));
            _tcp.Listen(512);
        }
        catch (SocketException e)
        {
            _tcp.Dispose();
            throw new IOException(
                $"Cannot take links on {options.ListenOn}:{options.Port}: {e.Message}. "
                    + "Set another address or port, or 0 for any free port.",
                e
            );
        }
        _tcp.Blocking = false;
        var port = ((IPEndPoint)_tcp.LocalEndPoint!).Port;
        var host = options.AdvertisedHost ?? options.ListenOn.ToString();
        var folder = HostIdentity.SocketFolder();
        if (folder is not null)
            HostIdentity.RemoveDeadSockets(folder);
        var path = folder is null ? "" : Path.Combine(folder, $"{Guid.NewGuid():N}.sock");
        _unix = folder is null ? null : ListenAt(path);
        Address = new(
            folder is null ? Environment.MachineName : HostIdentity.Find(folder),
            Guid.NewGuid().ToString("N"),
            _unix is null ? "" : path,
            host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}"
        );
    }

    /// <summary>What others need to connect.</summary>
    public LinkAddress Address { get; }

    /// <summary>How often connections and frames were refused.</summary>
    public LinkRefusals Refusals { get; } = new();

    /// <summary>Begins to listen.</summary>
    /// <exception cref="IOException">The address or port cannot be had.</exception>
    public static LinkListener Start(LinkListenerOptions? options = null)
    {
        var listener = new LinkListener(options ?? new());
        new Thread(listener.Run) { IsBackground = true, Name = "neptune links" }.Start();
        return listener;
    }

    /// <summary>The number of refusals for one reason.</summary>
    public long RefusalCount(LinkRefusal reason) => Refusals.Count(reason);

    /// <summary>
    /// Serves streams of one purpose, for example files that other silos fetch. Ends when the result is disposed;
    /// streams that are open then go on.
    /// </summary>
    /// <param name="purpose">What <see cref="LinkConnector.OpenAsync"/> asks for.</param>
    /// <param name="token">Gives the secret, of at least 16 bytes, that those who connect must hold.</param>
    /// <param name="serve">
    /// Called for each stream, on the thread pool; the stream is closed when it returns. An error it throws closes the
    /// stream and goes no further: report it inside.
    /// </param>
    public IDisposable Handle(
        string purpose,
        Func<ReadOnlyMemory<byte>> token,
        Func<Stream, CancellationToken, Task> serve
    )
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
            if (!_handlers.TryAdd(purpose, new(token, serve)))
                throw new InvalidOperationException($"Streams for '{purpose}' are served already.");
        }
        return new Registration(() =>
        {
            lock (_gate)
                _handlers.Remove(purpose);
        });
    }

    /// <summary>Ends at once: no more connections; open streams are cancelled and awaited. Links of groups go on.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
                return;
            _stopping.Cancel();
        }
        _wakeUp.Set();
        await _stopped.Task;
        Task[] streams;
        lock (_gate)
            streams = [.. _streams];
        await Task.WhenAll(streams);
        _wakeUp.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Lets the higher ranks of a group connect to this one.</summary>
    internal GroupEntrance Expect(CollectiveGroup group)
    {
        var key = (group.Job, group.Generation, group.Rank);
        var entrance = new GroupEntrance(
            group,
            () =>
            {
                lock (_gate)
                    _entrances.Remove(key);
            }
        );
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
            if (!_entrances.TryAdd(key, entrance))
            {
                throw new InvalidOperationException(
                    $"Rank {group.Rank} of {group.Job}, generation {group.Generation}, is joining already."
                );
            }
        }
        _wakeUp.Set(); // its peers may be waiting
        return entrance;
    }

    private static Socket? ListenAt(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen(512);
            socket.Blocking = false;
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose(); // no such sockets here: links within the host are TCP
            return null;
        }
    }

    private void Run()
    {
        var poller = new Poller();
        while (!_stopping.IsCancellationRequested)
        {
            poller.Clear();
            var wake = poller.Add(_wakeUp.Socket, read: true, write: false);
            var accepts = !_isFull;
            _isFull = false;
            var tcp = poller.Add(_tcp, read: accepts, write: false);
            var unix = _unix is null ? -1 : poller.Add(_unix, read: accepts, write: false);
            var wait = accepts ? _longest : _pause;
            foreach (var connection in _pending)
            {
                poller.Add(connection.Socket, read: true, write: false);
                var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), connection.Deadline);
                wait = left < wait ? left : wait;
            }
            poller.Wait(wait);
            if (poller.CanRead(wake))
                _wakeUp.Reset();
            for (var i = _pending.Count - 1; i >= 0; i--)
            {
                if (IsOver(_pending[i]))
                    _pending.RemoveAt(i);
            }
            if (accepts && poller.CanRead(tcp))
                Accept(_tcp);
            if (accepts && unix >= 0 && poller.CanRead(unix))
                Accept(_unix!);
        }
        foreach (var connection in _pending)
            connection.Dispose();
        _tcp.Dispose();
        _unix?.Dispose();
        if (Address.UnixPath.Length > 0)
            File.Delete(Address.UnixPath);
        _stopped.SetResult();
    }

    private void Accept(Socket listener)
    {
        Socket socket;
        try
        {
            socket = listener.Accept();
        }
        catch (SocketException)
        {
            _isFull = true; // it went away again, or there are no descriptors left: then trying at once would not help
            return;
        }
        if (_pending.Count >= _options.MaxWaiting)
        {
            Refuse(_pending[0], LinkRefusal.Overload);
            _pending.RemoveAt(0);
        }
        try
        {
            var connection = new PendingConnection(socket, _options.HelloTimeout);
            if (!IsOver(connection))
                _pending.Add(connection);
        }
        catch (SocketException)
        {
            socket.Dispose(); // broken before it began
        }
    }

    /// <summary>Goes on with a connection as far as it can; true where it is handed over, refused or gone.</summary>
    private bool IsOver(PendingConnection connection)
    {
        try
        {
            return GoOn(connection);
        }
#pragma warning disable CA1031 // a connection, or the token of one, may fail; the others are served on
        catch (Exception)
#pragma warning restore CA1031
        {
            connection.Dispose();
            return true;
        }
    }

    private bool GoOn(PendingConnection connection)
    {
        var wasKnown = connection.Greeting is not null;
        if (connection.Read() is { } reason)
            return Refuse(connection, reason);
        if (connection.IsClosed)
        {
            connection.Dispose();
            return true;
        }
        var isLate = Stopwatch.GetTimestamp() >= connection.Deadline;
        if (connection.Greeting is not { } greeting)
            return isLate && Refuse(connection, LinkRefusal.Timeout);
        if (greeting.Kind == LinkPurposeKind.Stream)
            return OpenStream(connection, greeting);
        if (greeting.Kind != LinkPurposeKind.Group)
            return Refuse(connection, LinkRefusal.MalformedHello);
        GroupEntrance? entrance;
        lock (_gate)
            _entrances.TryGetValue((greeting.Name, greeting.Generation, greeting.To), out entrance);
        if (entrance is not null)
            return Enter(connection, greeting.From, entrance);
        if (!wasKnown)
            connection.Expire(_options.GroupTimeout);
        else if (isLate)
            return Refuse(connection, LinkRefusal.UnknownGroup);
        return false;
    }

    private bool Enter(PendingConnection connection, int from, GroupEntrance entrance)
    {
        if (!LinkHandshake.Proves(connection.Hello, connection.Challenge, entrance.Token))
            return Refuse(connection, LinkRefusal.WrongToken);
        if (!entrance.TryReserve(from))
            return Refuse(connection, LinkRefusal.UnexpectedRank);
        connection.Send(LinkHandshake.Welcome(connection.Challenge, connection.Hello, entrance.Token));
        entrance.Deliver(from, connection.Socket); // a failed send shows there as a closed link
        return true;
    }

    private bool OpenStream(PendingConnection connection, LinkGreeting greeting)
    {
        StreamHandler? handler;
        lock (_gate)
            _handlers.TryGetValue(greeting.Name, out handler);
        if (handler is null)
            return Refuse(connection, LinkRefusal.UnknownPurpose);
        var token = handler.Token().Span;
        if (
            token.Length < LinkHandshake.MinTokenSize
            || !LinkHandshake.Proves(connection.Hello, connection.Challenge, token)
        )
        {
            return Refuse(connection, LinkRefusal.WrongToken);
        }
        connection.Send(LinkHandshake.Welcome(connection.Challenge, connection.Hello, token));
        connection.Socket.Blocking = true;
        var stream = new NetworkStream(connection.Socket, ownsSocket: true);
        var task = Task.Run(() => ServeAsync(handler, stream));
        lock (_gate)
            _streams.Add(task);
        _ = task.ContinueWith(
            done =>
            {
                lock (_gate)
                    _streams.Remove(done);
            },
            TaskScheduler.Default
        );
        return true;
    }

    private async Task ServeAsync(StreamHandler handler, NetworkStream stream)
    {
        try
        {
            await using (stream)
                await handler.Serve(stream, _stopping.Token);
        }
#pragma warning disable CA1031 // whatever a handler throws ends its stream, never the listener
        catch (Exception)
#pragma warning restore CA1031
        {
            // The handler reports its own errors; the other side sees the end of the stream.
        }
    }

    private bool Refuse(PendingConnection connection, LinkRefusal reason)
    {
        Refusals.Add(reason);
        connection.Send(LinkHandshake.Refusal(reason));
        connection.Dispose();
        return true;
    }

    private sealed record StreamHandler(Func<ReadOnlyMemory<byte>> Token, Func<Stream, CancellationToken, Task> Serve);

    private sealed class Registration(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }
}
