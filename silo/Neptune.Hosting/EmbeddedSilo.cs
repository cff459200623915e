using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Neptune.Client;
using Neptune.Planning;
using Neptune.Storage;
using Neptune.Worker;

namespace Neptune.Hosting;

/// <summary>Wires a silo of this process: storage, devices and grains.</summary>
internal sealed class EmbeddedSilo(IHost host, SiloNodes nodes, DataFolder folder) : IAsyncDisposable
{
    private const string HostName = "local";

    /// <summary>Starts the silo over an open data folder, which it then owns.</summary>
    public static async Task<NeptuneClient> StartAsync(
        DataFolder folder,
        LocalClusterOptions options,
        CancellationToken cancellation
    )
    {
        var stores = new TrainingStores(folder.Artifacts, folder.Database.Memberships(), folder.Database.Checkpoints());
        var settings = new NodeSettings
        {
            Host = HostName,
            Devices = [.. options.Devices ?? SiloNames.CpuDevices(options.Nodes)],
            Faults = FaultInjection.Parse(options.Faults),
            Threads = options.ThreadsPerNode,
            Modules = SiloModules.Of(options.Modules, options.ModuleFiles),
        };
        var nodes = SiloWiring.NodesOf(
            NodeDevices.StartAsync(settings),
            settings,
            new(),
            stores,
            options.Time,
            options.Logging
        );
        try
        {
            var (host, gateway) = await Ports.StartAsync(
                IPAddress.Loopback,
                [0, 0],
                ports => StartHostAsync(folder, stores, options, nodes, ports, cancellation)
            );
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

    private static async Task<(IHost Host, int Gateway)> StartHostAsync(
        DataFolder folder,
        TrainingStores stores,
        LocalClusterOptions options,
        SiloNodes nodes,
        int[] ports,
        CancellationToken cancellation
    )
    {
        var host = SiloWiring.Build(
            HostName,
            nodes,
            stores,
            new(ResumesByItself: false),
            options.Time,
            options.Logging,
            silo =>
            {
                silo.UseLocalhostClustering(
                    ports[0],
                    ports[1],
                    serviceId: ClusterIdentity.ServiceId,
                    clusterId: ClusterIdentity.ClusterId
                );
                silo.AddNeptuneSqliteStorage(folder.Database);
            }
        );
        try
        {
            await host.StartAsync(cancellation);
            return (host, ports[1]);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }
}
