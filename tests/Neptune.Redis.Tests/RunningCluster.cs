using Neptune.Client;
using Neptune.Processes;
using StackExchange.Redis;

namespace Neptune.Redis.Tests;

/// <summary>Silos as processes, with a Redis of their own; tests that share them leave them as they found them.</summary>
public sealed class RunningCluster : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-cluster-").FullName;
    private readonly List<NeptuneProcess> _silos = [];
    private readonly IEnumerable<string> _names;

    /// <summary>Three silos.</summary>
    public RunningCluster()
        : this(["one", "two", "three"]) { }

    /// <summary>Silos of these names.</summary>
    internal RunningCluster(IEnumerable<string> names) => _names = names;

    public RedisServerProcess Redis { get; private set; } = null!;

    public IDatabase Table { get; private set; } = null!;

    public NeptuneClient Client { get; private set; } = null!;

    /// <summary>The silos' data folder.</summary>
    public string Folder => _folder;

    public bool AllRun => _silos.TrueForAll(silo => !silo.HasExited);

    public async ValueTask InitializeAsync()
    {
        Redis = await RedisServers.StartAsync();
        Table = await Redis.ConnectAsync();
        _silos.AddRange(_names.Select(name => Launch(name)));
        foreach (var silo in _silos)
        {
            await silo.ReadLineAsync();
        }
        Client = await NeptuneClient.ConnectAsync($"redis:{Redis.Address}");
    }

    public async ValueTask DisposeAsync()
    {
        if (Client is not null)
        {
            await Client.DisposeAsync();
        }
        foreach (var silo in _silos)
        {
            silo.Dispose();
        }
        if (Redis is not null)
        {
            await Table.Multiplexer.DisposeAsync();
            Redis.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>One more silo; its owner ends it.</summary>
    internal NeptuneProcess Launch(string name, params IEnumerable<string> arguments) =>
        NeptuneProcess.SiloOf(Redis, name, _folder, arguments);

    /// <summary>What the membership table says of a silo.</summary>
    internal async Task<string?> RowOfAsync(string name) =>
        (await Table.HashValuesAsync("neptune/members/neptune"))
            .Select(row => row.ToString())
            .LastOrDefault(row => row.Contains($"\"SiloName\":\"{name}\"", StringComparison.Ordinal));

    internal async Task<bool> IsSuspectedAsync() =>
        (await ActiveRowsAsync()).Any(row => !row.Contains("\"SuspectTimes\":[]", StringComparison.Ordinal));

    /// <summary>Waits until all silos that are not of this cluster for good are known to be gone.</summary>
    internal async Task SettledAsync(CancellationToken cancellation)
    {
        while ((await ActiveRowsAsync()).Length > _silos.Count)
        {
            await Task.Delay(10, cancellation);
        }
    }

    private async Task<string[]> ActiveRowsAsync() =>
        [
            .. (await Table.HashValuesAsync("neptune/members/neptune"))
                .Select(row => row.ToString())
                .Where(row => row.Contains("\"Status\":3", StringComparison.Ordinal)),
        ];
}
