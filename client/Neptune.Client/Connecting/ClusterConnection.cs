using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Messaging;

namespace Neptune.Client;

/// <summary>A connection to a cluster's gateways.</summary>
internal sealed class ClusterConnection(IHost host, IAsyncDisposable? redis) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RefreshPeriod = TimeSpan.FromSeconds(5);

    public static async Task<NeptuneClient> OpenAsync(string text, CancellationToken cancellation)
    {
        var address = ClusterAddress.Parse(text);
        return address.Redis is { } redis
            ? await OpenByRedisAsync(address, redis, cancellation)
            : await OpenByGatewaysAsync(address, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        if (redis is not null)
        {
            await redis.DisposeAsync();
        }
    }

    private static async Task<NeptuneClient> OpenByGatewaysAsync(ClusterAddress address, CancellationToken cancellation)
    {
        var gateways = await Task.WhenAll(address.Gateways.Select(g => ResolveAsync(g, cancellation)));
        var known = gateways.OfType<IPEndPoint>().ToArray();
        var errors = await Task.WhenAll(known.Select(g => AnsweringGateways.ProbeAsync(g, cancellation)));
        // The Orleans client retries for long; plain connections tell at once whether anybody listens.
        if (errors.All(error => error is not null))
        {
            throw Unreachable(address, errors.FirstOrDefault() ?? new SocketException((int)SocketError.HostNotFound));
        }
        return await StartAsync(address, client => client.UseStaticClustering(known), null, cancellation);
    }

    private static async Task<NeptuneClient> OpenByRedisAsync(
        ClusterAddress address,
        string text,
        CancellationToken cancellation
    )
    {
        var redis = await RedisMembers.ConnectAsync(address, text, cancellation);
        try
        {
            return await StartAsync(address, redis.Use, redis, cancellation);
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    private static async Task<NeptuneClient> StartAsync(
        ClusterAddress address,
        Action<IClientBuilder> cluster,
        IAsyncDisposable? redis,
        CancellationToken cancellation
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddSingleton<IHostLifetime, CallersHostLifetime>();
        builder.UseOrleansClient(client =>
        {
            cluster(client);
            client.Configure<ClusterOptions>(options =>
            {
                options.ClusterId = ClusterIdentity.ClusterId;
                options.ServiceId = ClusterIdentity.ServiceId;
            });
            // Where all silos were replaced one after another, none of those that were known is there any more.
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = RefreshPeriod);
            client.AddOutgoingGrainCallFilter<PlainErrors>();
            client.AddOutgoingGrainCallFilter<UndeliveredCalls>();
            UseAnsweringOnly(client.Services);
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
        catch
        {
            host.Dispose();
            throw;
        }
        return new(host.Services.GetRequiredService<IGrainFactory>(), new ClusterConnection(host, redis));
    }

    private static void UseAnsweringOnly(IServiceCollection services)
    {
        var named = services.Last(service => service.ServiceType == typeof(IGatewayListProvider));
        services.Remove(named);
        services.AddSingleton<IGatewayListProvider>(provider => new AnsweringGateways(
            (IGatewayListProvider)(
                named.ImplementationInstance
                ?? named.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, named.ImplementationType!)
            )
        ));
    }

    private static async Task<IPEndPoint?> ResolveAsync(DnsEndPoint gateway, CancellationToken cancellation)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(gateway.Host, cancellation);
            return new(
                addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0],
                gateway.Port
            );
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static ClusterUnreachableException Unreachable(ClusterAddress address, Exception error) =>
        new(
            $"No cluster answers at {address.Shown}: {error.Message.TrimEnd('.')}. Check the address (--cluster, NEPTUNE_CLUSTER) "
                + "and that a silo runs there.",
            error
        );
}
