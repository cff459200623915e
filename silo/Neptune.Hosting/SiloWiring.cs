using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Neptune.Client;
using Neptune.Grains;
using Neptune.Planning;
using Neptune.Worker;
using Orleans.Storage;

namespace Neptune.Hosting;

/// <summary>What all silos have in common, embedded or in a cluster: devices, grains and serialisation.</summary>
internal static class SiloWiring
{
    private static readonly string[] Chatty =
    [
        // A stack trace for each call to a silo that has just ended, until all know that it has.
        "Orleans.Runtime.GrainDirectory.ClientDirectory",
        "Orleans.Runtime.GrainCallCancellationManager",
        "Orleans.Runtime.MembershipService.SiloMetadata.SiloMetadataCache",
        // A grain that finds no silo to move to, when the last one ends; what fails in a call is told its caller.
        "Orleans.Grain",
        // Four of them for a silo that cannot start: whoever starts it says why in one line.
        "Orleans.Runtime.SiloLifecycleSubject",
        "Orleans.Runtime.Silo",
        "Microsoft.Extensions.Hosting.Internal.Host",
    ];

    /// <summary>The nodes of a silo, whose devices may still start.</summary>
    public static SiloNodes NodesOf(
        Task<NodeDevices> devices,
        NodeSettings settings,
        RankLinks links,
        TrainingStores stores,
        TimeProvider time,
        Action<ILoggingBuilder>? logging
    )
    {
        using var loggers = LoggerFactory.Create(builder => ConfigureLogging(builder, logging));
        return new(devices, settings, links, stores, time, loggers.CreateLogger<SiloNodes>());
    }

    /// <summary>A host with the grains over these nodes; the caller adds clustering and storage.</summary>
    public static IHost Build(
        string name,
        SiloNodes nodes,
        TrainingStores stores,
        RecoveryPolicy recovery,
        TimeProvider time,
        Action<ILoggingBuilder>? logging,
        Action<ISiloBuilder> clustering
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        ConfigureLogging(builder.Logging, logging);
        builder.Services.AddSingleton<IHostLifetime, CallersHostLifetime>();
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(stores.Artifacts);
        builder.Services.AddSingleton(stores.Memberships);
        builder.Services.AddSingleton(stores.Checkpoints);
        builder.Services.AddSingleton(recovery);
        builder.Services.AddSingleton<INodeWorkers>(nodes);
        builder.Services.AddSingleton<IDatasetImporter, ArtifactDatasetImporter>();
        builder.Services.AddSingleton<IGrainStorageSerializer, OrleansGrainStorageSerializer>();
        builder.UseOrleans(silo =>
        {
            clustering(silo);
            silo.UseNodePlacement(name);
            silo.AddIncomingGrainCallFilter<GrainCallMetrics>();
            silo.AddIncomingGrainCallFilter<ReadableErrors>();
            silo.AddOutgoingGrainCallFilter<PlainErrors>();
            silo.UseRankReports();
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SiloAnnouncement>();
        });
        return builder.Build();
    }

    private static void ConfigureLogging(ILoggingBuilder logging, Action<ILoggingBuilder>? configure)
    {
        if (configure is not null)
        {
            configure(logging);
            return;
        }
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(LogLevel.Warning);
        // Orleans warns of settings for servers, and of pauses that are none when a laptop wakes up.
        logging.AddFilter("Orleans", LogLevel.Error);
        foreach (var category in Chatty)
        {
            logging.AddFilter(category, LogLevel.Critical);
        }
    }
}
