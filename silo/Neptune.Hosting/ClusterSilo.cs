using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Neptune.Client;
using Neptune.Collectives;
using Neptune.Contracts;
using Neptune.Planning;
using Neptune.Storage;
using Neptune.Worker;
using Orleans.Configuration;

namespace Neptune.Hosting;

/// <summary>A silo of this process that is part of a cluster: its silos find each other, and keep their state, in Redis.</summary>
public sealed class ClusterSilo : IAsyncDisposable
{
    private const int JoinAttempts = 3;
    private static readonly TimeSpan IdleAtMost = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private readonly IHost _host;
    private readonly SiloNodes _nodes;
    private readonly SharedDataFolder _folder;
    private readonly RedisStore _store;
    private readonly FatalErrors _fatal;
    private readonly CollectiveGroups _groups;

    private ClusterSilo(
        IHost host,
        SiloNodes nodes,
        SharedDataFolder folder,
        RedisStore store,
        FatalErrors fatal,
        CollectiveGroups groups
    )
    {
        _groups = groups;
        _host = host;
        _nodes = nodes;
        _folder = folder;
        _store = store;
        _fatal = fatal;
    }

    /// <summary>Where it answers clients.</summary>
    public required IPEndPoint Gateway { get; init; }

    /// <summary>The data folder's full path.</summary>
    public string DataFolder => _folder.Path;

    /// <summary>Ends, with the reason, when the silo can no longer be part of its cluster: the process should then end.</summary>
    public Task<HostingException> Failed => _fatal.First;

    /// <summary>Starts the silo; it has joined the cluster and announced its nodes when this returns.</summary>
    /// <exception cref="ArgumentException">An option makes no sense; the message names it.</exception>
    /// <exception cref="DataFolderInUseException">An embedded cluster has the data folder open.</exception>
    /// <exception cref="NeptuneException">It cannot start; the message says why and what to do.</exception>
    public static async Task<ClusterSilo> StartAsync(
        ClusterSiloOptions options,
        CancellationToken cancellation = default
    )
    {
        SiloNames.Check(options.Name, options.Devices);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ThreadsPerNode, 1, nameof(options.ThreadsPerNode));
        if (options.PortableNumerics)
        {
            PortableProcess.Require();
        }
        using var priority = options.StartsOnIdleTime ? new IdlePriority(IdleAtMost) : null;
        var address = options.AdvertiseAddress ?? options.Redis.LocalAddress();
        Ports.Check(address, options.SiloPort, "--silo-port");
        Ports.Check(address, options.GatewayPort, "--gateway-port");
        Ports.Check(address, options.DataPort, "--data-port");
        var settings = new NodeSettings
        {
            Host = options.Name,
            Devices = [.. options.Devices],
            Faults = FaultInjection.Parse(options.Faults),
            Threads = options.ThreadsPerNode,
            Modules = SiloModules.Of(options.Modules, options.ModuleFiles),
            Labels = options.Labels.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
        var devices = NodeDevices.StartAsync(settings); // meanwhile the silo joins the cluster
        var undo = new Stack<Func<ValueTask>>();
        undo.Push(() => EndAsync(devices));
        try
        {
            var store = await RedisStore.ConnectAsync(options.Redis, cancellation);
            undo.Push(store.DisposeAsync);
            var folder = SharedDataFolder.Join(
                options.DataDirectory ?? Storage.DataFolder.DefaultPath,
                options.ArtifactsDirectory
            );
            undo.Push(() =>
            {
                folder.Dispose();
                return ValueTask.CompletedTask;
            });
            var groups = new CollectiveGroups(
                new()
                {
                    ListenOn = address,
                    Port = options.DataPort,
                    AdvertisedHost = $"{address}",
                }
            );
            undo.Push(groups.DisposeAsync);
            var key = await store.ClusterKeyAsync(ClusterIdentity.ServiceId);
            var others = new SiloArtifacts(groups, key, folder.Artifacts);
            var stores = new TrainingStores(
                new FetchingArtifactStore(folder.Artifacts, others),
                store.Memberships(ClusterIdentity.ServiceId),
                store.Checkpoints(ClusterIdentity.ServiceId)
            );
            var nodes = SiloWiring.NodesOf(
                devices,
                settings,
                new(groups, new() { Link = options.Links }, key),
                stores,
                options.Time,
                options.Logging
            );
            undo.Push(nodes.DisposeAsync);
            var fatal = new FatalErrors();
            var joining = new Joining(options, address, nodes, stores, store, fatal, priority);
            var (host, gateway) = await Ports.StartAsync(
                address,
                [options.SiloPort, options.GatewayPort],
                ports => JoinAsync(joining, ports, cancellation)
            );
            undo.Push(() => StopAsync(host));
            others.Attach(host.Services.GetRequiredService<IGrainFactory>());
            await folder.AnnounceAsync(
                new()
                {
                    Name = options.Name,
                    Host = Environment.MachineName,
                    Process = ProcessIdentity.Current,
                    Gateway = $"{gateway}",
                },
                ClusterIdentity.ClusterId,
                ClusterIdentity.ServiceId,
                options.Redis.Shown,
                cancellation
            );
            return new(host, nodes, folder, store, fatal, groups) { Gateway = gateway };
        }
        catch
        {
            while (undo.TryPop(out var step))
            {
                await step();
            }
            throw;
        }
    }

    /// <summary>A client of the cluster by way of this silo; disposing it leaves the silo as it is.</summary>
    public NeptuneClient NewClient() => new(_host.Services.GetRequiredService<IGrainFactory>(), new NothingToDispose());

    /// <summary>Serves until it is told to end.</summary>
    /// <exception cref="HostingException">
    /// The silo can no longer be part of its cluster. The others go on without it, and whatever it still did would be wrong:
    /// end the process without putting anything in order.
    /// </exception>
    public async Task ServeAsync(CancellationToken ending)
    {
        var told = new TaskCompletionSource();
        await using var registration = ending.Register(told.SetResult);
        if (await Task.WhenAny(told.Task, Failed) == Failed)
        {
            throw await Failed;
        }
    }

    /// <summary>Leaves the cluster: other silos take over its grains.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(_host);
        await _nodes.DisposeAsync();
        await _groups.DisposeAsync();
        _folder.Dispose();
        await _store.DisposeAsync();
    }

    private static async ValueTask EndAsync(Task<NodeDevices> devices)
    {
        await ((Task)devices).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // whoever waited for them was told
        if (devices.IsCompletedSuccessfully)
        {
            await (await devices).DisposeAsync();
        }
    }

    // On a machine that is busy Orleans may give up while Redis still works on its answer: it is asked again.
    private static async Task<(IHost Host, IPEndPoint Gateway)> JoinAsync(
        Joining joining,
        int[] ports,
        CancellationToken cancellation
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StartHostAsync(joining, ports, cancellation);
            }
            catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
            {
                if (attempt == JoinAttempts)
                {
                    throw new HostingException(
                        $"Redis at {joining.Options.Redis.Shown} did not answer in time while silo {joining.Options.Name} joined its cluster, "
                            + $"{JoinAttempts} times. Look whether it, or this machine, is overloaded.",
                        error
                    );
                }
            }
        }
    }

    private static async Task<(IHost Host, IPEndPoint Gateway)> StartHostAsync(
        Joining joining,
        int[] ports,
        CancellationToken cancellation
    )
    {
        var (options, address, nodes, stores, store, fatal, priority) = joining;
        var gateway = new IPEndPoint(address, ports[1]);
        var host = SiloWiring.Build(
            options.Name,
            nodes,
            stores,
            new(ResumesByItself: true),
            options.Time,
            options.Logging,
            silo =>
            {
                silo.Services.AddSingleton<IFatalErrorHandler>(fatal);
                silo.Configure<ClusterOptions>(cluster =>
                {
                    cluster.ClusterId = ClusterIdentity.ClusterId;
                    cluster.ServiceId = ClusterIdentity.ServiceId;
                });
                silo.Configure<SiloOptions>(names => names.SiloName = options.Name);
                silo.Configure<EndpointOptions>(endpoints =>
                {
                    endpoints.AdvertisedIPAddress = address;
                    endpoints.SiloPort = ports[0];
                    endpoints.GatewayPort = ports[1];
                    endpoints.SiloListeningEndpoint = new(address, ports[0]);
                    endpoints.GatewayListeningEndpoint = gateway;
                });
                silo.Configure<ClusterMembershipOptions>(MembershipTuning.Apply);
                silo.AddNeptuneRedisStorage(store);
                // Its devices have started; from the next stage on, others rely on it.
                silo.AddStartupTask(
                    (_, _) =>
                    {
                        priority?.Dispose();
                        return Task.CompletedTask;
                    },
                    ServiceLifecycleStage.ApplicationServices + 1
                );
            }
        );
        try
        {
            await host.StartAsync(cancellation);
            return (host, gateway);
        }
        catch
        {
            await StopAsync(host);
            throw;
        }
    }

    // A silo that cannot say goodbye, for the store or the others are gone, is found dead by them later.
    private static async ValueTask StopAsync(IHost host)
    {
        using var patience = new CancellationTokenSource(StopPatience);
        try
        {
            await host.StopAsync(patience.Token);
        }
        catch (Exception error)
            when (error
                    is OperationCanceledException
                        or AggregateException
                        or OrleansException
                        or InvalidOperationException // it has not started yet
            )
        {
            // See above.
        }
        host.Dispose();
    }

    private sealed record Joining(
        ClusterSiloOptions Options,
        IPAddress Address,
        SiloNodes Nodes,
        TrainingStores Stores,
        RedisStore Store,
        FatalErrors Fatal,
        IdlePriority? Priority
    );

    private sealed class NothingToDispose : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
