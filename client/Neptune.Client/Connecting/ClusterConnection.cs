using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Neptune.Client;

/// <summary>A connection to a cluster's gateway.</summary>
internal sealed class ClusterConnection(IHost host) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<NeptuneClient> OpenAsync(string address, CancellationToken cancellation)
    {
        var gateway = await ResolveAsync(address, cancellation);
        await ProbeAsync(address, gateway, cancellation);
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddSingleton<IHostLifetime, CallersHostLifetime>();
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(gateway);
            client.Configure<ClusterOptions>(options =>
            {
                options.ClusterId = ClusterIdentity.ClusterId;
                options.ServiceId = ClusterIdentity.ServiceId;
            });
        });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellation).WaitAsync(Patience, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            host.Dispose();
            throw Unreachable(address, error);
        }
        return new(host.Services.GetRequiredService<IGrainFactory>(), new ClusterConnection(host));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    private static async Task<IPEndPoint> ResolveAsync(string address, CancellationToken cancellation)
    {
        var colon = address.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(address[(colon + 1)..], out var port) || port is < 1 or > 65535)
        {
            throw new ArgumentException(
                $"'{address}' is no address of a cluster: write HOST:PORT, such as localhost:30000."
            );
        }
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(address[..colon].Trim('[', ']'), cancellation);
            return new(
                addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0],
                port
            );
        }
        catch (SocketException error)
        {
            throw Unreachable(address, error);
        }
    }

    // The Orleans client retries for long; a plain connection tells at once whether anybody listens.
    private static async Task ProbeAsync(string address, IPEndPoint gateway, CancellationToken cancellation)
    {
        using var socket = new Socket(gateway.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(gateway, cancellation).AsTask().WaitAsync(Patience, cancellation);
        }
        catch (Exception error) when (error is SocketException or TimeoutException)
        {
            throw Unreachable(address, error);
        }
    }

    private static ClusterUnreachableException Unreachable(string address, Exception error) =>
        new(
            $"No cluster answers at {address}: {error.Message.TrimEnd('.')}. Check the address (--cluster, NEPTUNE_CLUSTER) and that a "
                + "silo runs there.",
            error
        );
}
