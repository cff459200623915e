using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Persistence;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using StackExchange.Redis;

namespace Neptune.Storage;

/// <summary>Makes a silo part of a cluster whose membership, grain state and reminders are in Redis.</summary>
public static class RedisStorageExtensions
{
    private const string Name = ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;

    /// <summary>Uses an open store, whose owner disposes it after the silo.</summary>
    public static ISiloBuilder AddNeptuneRedisStorage(this ISiloBuilder builder, RedisStore store)
    {
        builder.UseRedisClustering(options =>
        {
            options.ConfigurationOptions = store.Address.Options;
            options.CreateMultiplexer = _ => Task.FromResult((store.Connection, IsShared: true));
        });
        builder.UseRedisReminderService(options =>
        {
            options.ConfigurationOptions = store.Address.Options;
            options.CreateMultiplexer = _ => Task.FromResult((store.Connection, IsShared: true));
        });
        builder.Services.GuardReminders(store);
        builder.Services.AddGrainState(store);
        return builder;
    }

    private static void AddGrainState(this IServiceCollection services, RedisStore store)
    {
        services
            .AddOptions<RedisStorageOptions>(Name)
            .Configure(options =>
            {
                options.ConfigurationOptions = store.Address.Options;
                options.CreateMultiplexer = _ => Task.FromResult((store.Connection, IsShared: true));
                options.DeleteStateOnClear = true;
            })
            .Configure<IOptions<ClusterOptions>>((options, cluster) => options.GetStorageKey = KeysOf(cluster.Value));
        services.AddGrainStorage(
            Name,
            (provider, name) =>
                new RedisGrainState(
                    RedisGrainStorageFactory.Create(provider, name),
                    store,
                    KeysOf(provider.GetRequiredService<IOptions<ClusterOptions>>().Value),
                    provider.GetRequiredService<IGrainStorageSerializer>()
                )
        );
    }

    // Orleans' own keys, made here because RedisGrainState reads what lies under them.
    private static Func<string, GrainId, RedisKey> KeysOf(ClusterOptions cluster) =>
        (stateName, grainId) => $"{cluster.ServiceId}/state/{grainId}/{stateName}";

    private static void GuardReminders(this IServiceCollection services, RedisStore store)
    {
        var redis = services.Last(service => service.ServiceType == typeof(IReminderTable));
        services.Remove(redis);
        services.AddSingleton<IReminderTable>(provider => new RedisReminders(
            (IReminderTable)ActivatorUtilities.CreateInstance(provider, redis.ImplementationType!),
            store
        ));
    }
}
