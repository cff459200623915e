using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Neptune.Client;
using Neptune.Grains;
using Neptune.Planning;
using Neptune.Storage;
using Neptune.Worker;
using Orleans.Storage;

namespace Neptune.Hosting;

/// <summary>Wires a silo of this process: storage, devices and grains.</summary>
internal sealed class EmbeddedSilo(IHost host, SiloNodes nodes, DataFolder folder) : IAsyncDisposable
{
    private const string HostName = "local";
    private const int StartAttempts = 5;

    /// <summary>Starts the silo over an open data folder, which it then owns.</summary>
    public static async Task<NeptuneClient> StartAsync(
        DataFolder folder,
        LocalClusterOptions options,
        CancellationToken cancellation
    )
    {
        using var loggers = LoggerFactory.Create(logging => ConfigureLogging(logging, options));
        var nodes = await SiloNodes.StartAsync(
            new()
            {
                Host = HostName,
                Devices = [.. Enumerable.Range(0, options.Nodes).Select(n => $"cpu:{n}")],
                Threads = options.ThreadsPerNode,
            },
            folder.Artifacts,
            options.Time,
            loggers.CreateLogger<SiloNodes>()
        );
        try
        {
            var (host, gateway) = await StartHostAsync(folder, options, nodes, cancellation);
            folder.PublishEndpoint(
                new()
                {
                    ClusterId = ClusterIdentity.ClusterId,
                    ServiceId = ClusterIdentity.ServiceId,
                    Gateways = [$"127.0.0.1:{gateway}"],
                    ProcessId = Environment.ProcessId,
                }
            );
            return new(host.Services.GetRequiredService<IGrainFactory>(), new EmbeddedSilo(host, nodes, folder));
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        await nodes.DisposeAsync();
        folder.Dispose();
    }

    // A free port may be taken by another process before the silo listens on it: then others are tried.
    private static async Task<(IHost Host, int Gateway)> StartHostAsync(
        DataFolder folder,
        LocalClusterOptions options,
        SiloNodes nodes,
        CancellationToken cancellation
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            var (siloPort, gatewayPort) = (FreePort(), FreePort());
            var host = Build(folder, options, nodes, siloPort, gatewayPort);
            try
            {
                await host.StartAsync(cancellation);
                return (host, gatewayPort);
            }
            catch (SocketException error)
                when (error.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < StartAttempts)
            {
                host.Dispose();
            }
            catch
            {
                host.Dispose();
                throw;
            }
        }
    }

    private static IHost Build(
        DataFolder folder,
        LocalClusterOptions options,
        SiloNodes nodes,
        int siloPort,
        int gatewayPort
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        ConfigureLogging(builder.Logging, options);
        builder.Services.AddSingleton<IHostLifetime, CallersHostLifetime>();
        builder.Services.AddSingleton(options.Time);
        builder.Services.AddSingleton<IArtifactStore>(folder.Artifacts);
        builder.Services.AddSingleton<INodeWorkers>(nodes);
        builder.Services.AddSingleton<IDatasetImporter, ArtifactDatasetImporter>();
        builder.Services.AddSingleton<IGrainStorageSerializer, OrleansGrainStorageSerializer>();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(
                siloPort,
                gatewayPort,
                serviceId: ClusterIdentity.ServiceId,
                clusterId: ClusterIdentity.ClusterId
            );
            silo.AddNeptuneSqliteStorage(folder.Database);
            silo.UseNodePlacement(HostName);
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SiloAnnouncement>();
        });
        return builder.Build();
    }

    private static void ConfigureLogging(ILoggingBuilder logging, LocalClusterOptions options)
    {
        if (options.Logging is { } configure)
        {
            configure(logging);
            return;
        }
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(LogLevel.Warning);
        // Orleans warns of settings for servers, and of pauses that are none when a laptop wakes up.
        logging.AddFilter("Orleans", LogLevel.Error);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
