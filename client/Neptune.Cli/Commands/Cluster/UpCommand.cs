using System.CommandLine;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.Hosting;
using Neptune.Storage;
using Spectre.Console;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune up</c>: a cluster of several processes on this machine, which goes on when the command ends.</summary>
internal static class UpCommand
{
    private static readonly Option<int> Processes = NumberOption.WithDefault(
        "--processes",
        "How many silos to start.",
        2
    );

    private static readonly Option<string?> Redis = new("--redis")
    {
        Description =
            "The Redis for the cluster's state, options as StackExchange.Redis has them (or $NEPTUNE_REDIS); without, one is "
            + "started along with the silos.",
        HelpName = "HOST:PORT[,OPTIONS]",
    };

    public static Command Create() =>
        new Command("up", "Starts a cluster of several processes on this machine; `neptune down` ends it.")
        {
            Processes,
            Redis,
            SiloOptions.Nodes,
            SiloOptions.ThreadsPerNode,
            SiloOptions.PortableNumerics,
            SiloOptions.Modules,
        }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var folder = FolderOf(session);
        var given = session.Get(Redis) ?? Environment.GetEnvironmentVariable(SiloOptions.RedisVariable);
        var redis = string.IsNullOrEmpty(given) ? null : RedisAddress.Parse(given);
        using var right = LockOf(folder);
        var known = StartedCluster.Read(folder);
        if (known is not null && known.LivingSilos.Any())
        {
            ReportUp(session, folder, known);
            return;
        }
        // Held until the silos hold it: no embedded cluster starts in between.
        using var shared = SharedDataFolder.Join(folder);
        if (known is not null && redis is not null)
        {
            // Its silos have ended; a Redis that was started along with them is not wanted any more.
            await ClusterEnding.EndAsync(folder, known);
        }
        var starting = new StartedCluster
        {
            Host = Environment.MachineName,
            Redis = redis?.Shown ?? "",
            OwnRedis = redis is null && known?.OwnRedis?.Process.IsAlive == true ? known.OwnRedis : null,
        };
        try
        {
            starting = await StartAsync(session, folder, redis, known, starting, cancellation);
        }
        catch
        {
            await ClusterEnding.EndAsync(folder, StartedCluster.Read(folder) ?? starting);
            throw;
        }
        await ReportNodesAsync(session, folder, starting, cancellation);
    }

    /// <summary>The data folder that the options name.</summary>
    public static string FolderOf(Session session)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new UsageException(
                "`neptune up` and `down` need Linux or macOS. On Windows, start neptune-silo with --redis for each process."
            );
        }
        if (session.IsGiven(GlobalOptions.Cluster))
        {
            throw new UsageException(
                "Leave out --cluster: `neptune up` and `down` are about this machine's data folder."
            );
        }
        return Path.GetFullPath(session.Get(GlobalOptions.DataDirectory) ?? LocalClusterOptions.DefaultDataDirectory);
    }

    /// <summary>The right to start and end the cluster of a folder.</summary>
    public static IDisposable LockOf(string folder) =>
        StartedCluster.TryLock(folder)
        ?? throw new ConflictException(
            $"Another `neptune up` or `neptune down` is at work on '{folder}'. Wait until it has ended."
        );

    private static async Task<StartedCluster> StartAsync(
        Session session,
        string folder,
        RedisAddress? redis,
        StartedCluster? known,
        StartedCluster cluster,
        CancellationToken cancellation
    )
    {
        if (redis is not null)
        {
            await using var store = await RedisStore.ConnectAsync(redis, cancellation);
        }
        else if (cluster.OwnRedis is not null)
        {
            redis = RedisAddress.Parse(known!.Redis);
            cluster = cluster with { Redis = redis.Shown };
        }
        else
        {
            redis = await RedisServer.StartAsync(
                folder,
                (address, process) =>
                {
                    cluster = cluster with { Redis = address.Shown, OwnRedis = process };
                    cluster.Write(folder);
                },
                cancellation
            );
        }
        var launcher = new SiloLauncher(session, folder, redis);
        for (var number = 1; number <= session.Get(Processes); number++)
        {
            var silo = launcher.Start($"{SiloNames.OfMachine}-{number}");
            cluster = cluster with { Silos = [.. cluster.Silos, silo] };
            cluster.Write(folder);
        }
        await launcher.JoinedAsync(cluster.Silos, cancellation);
        return cluster;
    }

    private static void ReportUp(Session session, string folder, StartedCluster cluster)
    {
        var ended = cluster.Silos.Except(cluster.LivingSilos).ToArray();
        if (ended.Length > 0)
        {
            throw new ConflictException(
                $"The cluster over '{folder}' is up, and {ended.Length} of its {cluster.Silos.Count} silos have ended: "
                    + $"{string.Join(", ", ended.Select(silo => $"{silo.Name} ({silo.Log})"))}. To start it anew: "
                    + $"{session.Suggest("down")}, then up."
            );
        }
        session.Output.Line(
            $"The cluster over '{folder}' is up already, with {cluster.Silos.Count} silos. To end it: {session.Suggest("down")}"
        );
        session.Output.Event(
            new
            {
                @event = "done",
                already = true,
                silos = cluster.Silos.Count,
            }
        );
    }

    private static async Task ReportNodesAsync(
        Session session,
        string folder,
        StartedCluster cluster,
        CancellationToken cancellation
    )
    {
        var output = session.Output;
        var endpoint = DataFolder.ReadEndpoint(folder)!;
        await using var neptune = await NeptuneClient.ConnectAsync(string.Join(',', endpoint.Gateways), cancellation);
        var nodes = await neptune.Nodes.ListAsync();
        var table = output.NewTable("silo", "nodes", "gateway", "process", "log");
        foreach (var silo in cluster.Silos)
        {
            var gateway = endpoint.Silos.First(s => s.Process == silo.Process).Gateway;
            var own = nodes.Where(node => node.Id.Host == silo.Name).Select(node => node.Id.Value).ToArray();
            table.AddRow(
                new Text(silo.Name),
                new Text(string.Join(' ', own)),
                new Text(gateway),
                new Text($"{silo.Process.Id}"),
                new Text(silo.Log)
            );
            output.Event(
                new
                {
                    @event = "silo",
                    name = silo.Name,
                    nodes = own,
                    gateway,
                    process = silo.Process.Id,
                    log = silo.Log,
                }
            );
        }
        output.Words.Write(table);
        output.Line();
        output.Line(
            $"Redis    {cluster.Redis}{(cluster.OwnRedis is { } own1 ? $" (process {own1.Process.Id}, log {own1.Log})" : "")}"
        );
        output.Line($"Try next {session.Suggest("nodes list")}");
        output.Line($"To end   {session.Suggest("down")}");
        output.Event(
            new
            {
                @event = "done",
                already = false,
                silos = cluster.Silos.Count,
                nodes = nodes.Length,
                gateways = endpoint.Gateways,
                redis = cluster.Redis,
            }
        );
    }
}
