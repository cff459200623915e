using System.Text.RegularExpressions;
using Neptune.Client;
using Neptune.Contracts;

namespace Neptune.Processes;

/// <summary>
/// A cluster of silo processes of one node each, with a redis-server of its own, whose processes can be killed, frozen and
/// started again by name. For one caller at a time.
/// </summary>
public sealed partial class SiloCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-cluster-").FullName;
    private readonly Dictionary<string, NeptuneProcess> _silos = [];
    private readonly RedisServerProcess _redis;

    private SiloCluster(RedisServerProcess redis) => _redis = redis;

    /// <summary>Its Redis.</summary>
    public RedisServerProcess Redis => _redis;

    /// <summary>A client that finds the silos by Redis.</summary>
    public NeptuneClient Client { get; private set; } = null!;

    /// <summary>The silos' names.</summary>
    public IReadOnlyCollection<string> Names => _silos.Keys;

    /// <summary>Starts silos of these names.</summary>
    public static async Task<SiloCluster> StartAsync(params IEnumerable<string> names)
    {
        var cluster = new SiloCluster(await RedisServerProcess.StartAsync());
        try
        {
            foreach (var name in names)
            {
                await cluster.StartSiloAsync(name);
            }
            cluster.Client = await NeptuneClient.ConnectAsync($"redis:{cluster._redis.Address}");
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The process of a silo.</summary>
    public NeptuneProcess SiloOf(string name) => _silos[name];

    /// <summary>Starts a silo, or starts it again.</summary>
    /// <returns>Its gateway, HOST:PORT.</returns>
    public async Task<string> StartSiloAsync(string name)
    {
        if (_silos.Remove(name, out var old))
        {
            old.Dispose();
        }
        string[] settings = ["--redis", _redis.Address, "--name", name, "--nodes", "1", "--data-dir", _folder];
        var silo = NeptuneProcess.Silo(settings);
        _silos[name] = silo;
        var line = await silo.ReadLineAsync();
        return line is null
            ? throw new InvalidOperationException($"Silo {name} did not start: {(await silo.EndAsync()).Errors}")
            : Gateway().Match(line).Value;
    }

    /// <summary>Waits until a job's view is so.</summary>
    /// <exception cref="TimeoutException">It was not, for two minutes.</exception>
    /// <exception cref="InvalidOperationException">The job has ended before.</exception>
    public async Task<JobSnapshot> UntilAsync(JobId job, Func<JobSnapshot, bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await foreach (var snapshot in Client.Jobs.WatchAsync(job, patience.Token))
            {
                if (isSo(snapshot))
                {
                    return snapshot;
                }
            }
        }
        catch (OperationCanceledException)
        {
            var last = await Client.Jobs.GetAsync(job);
            throw new TimeoutException(
                $"Job {job} at step {last.Step} is {last.Phase}, generation {last.Generation} of "
                    + $"{string.Join(", ", last.Ranks.Select(r => r.Node.Value))}: {last.Reason}"
            );
        }
        throw new InvalidOperationException($"The job has ended: {(await Client.Jobs.GetAsync(job)).Reason}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Client is not null)
        {
            await Client.DisposeAsync();
        }
        foreach (var silo in _silos.Values)
        {
            silo.Dispose();
        }
        _redis.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@"\d+\.\d+\.\d+\.\d+:\d+")]
    private static partial Regex Gateway();
}
