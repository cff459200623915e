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
    private readonly Dictionary<string, string> _gateways = [];

    private readonly Func<string, IEnumerable<string>> _arguments;
    private readonly Func<string, IReadOnlyDictionary<string, string>> _variables;

    private SiloCluster(
        RedisServerProcess redis,
        Func<string, IEnumerable<string>> arguments,
        Func<string, IReadOnlyDictionary<string, string>> variables
    ) => (Redis, _arguments, _variables) = (redis, arguments, variables);

    /// <summary>Its Redis.</summary>
    public RedisServerProcess Redis { get; }

    /// <summary>A client that finds the silos by Redis.</summary>
    public NeptuneClient Client { get; private set; } = null!;

    /// <summary>The silos' names.</summary>
    public IReadOnlyCollection<string> Names => _silos.Keys;

    /// <summary>One of the silos' names, drawn.</summary>
    public string AnyName(Random random) => Names.Order(StringComparer.Ordinal).ElementAt(random.Next(Names.Count));

    /// <summary>Starts silos of these names.</summary>
    public static Task<SiloCluster> StartAsync(params IEnumerable<string> names) => StartAsync(names, _ => []);

    /// <summary>The same with what each silo gets whenever it is started.</summary>
    /// <param name="names">The silos' names.</param>
    /// <param name="arguments">A silo's own arguments.</param>
    /// <param name="variables">Its environment variables.</param>
    public static async Task<SiloCluster> StartAsync(
        IEnumerable<string> names,
        Func<string, IEnumerable<string>> arguments,
        Func<string, IReadOnlyDictionary<string, string>>? variables = null
    )
    {
        var cluster = new SiloCluster(
            await RedisServerProcess.StartAsync(),
            arguments,
            variables ?? (_ => new Dictionary<string, string>())
        );
        try
        {
            foreach (var name in names)
            {
                await cluster.StartSiloAsync(name);
            }
            cluster.Client = await NeptuneClient.ConnectAsync($"redis:{cluster.Redis.Address}");
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

    /// <summary>A client that asks any silo but one, which may stand still and then answers nobody.</summary>
    public Task<NeptuneClient> ClientWithoutAsync(string name) =>
        NeptuneClient.ConnectAsync(_gateways[Names.First(other => other != name)]);

    /// <summary>Starts a silo, or starts it again.</summary>
    public async Task StartSiloAsync(string name, params IEnumerable<string> arguments)
    {
        if (_silos.Remove(name, out var old))
        {
            old.Dispose();
        }
        var silo = NeptuneProcess.SiloOf(Redis, name, _folder, _variables(name), [.. _arguments(name), .. arguments]);
        _silos[name] = silo;
        if (await silo.ReadLineAsync() is not { } line)
        {
            var (exitCode, errors) = await silo.EndAsync();
            throw new InvalidOperationException($"Silo {name} ended with {exitCode} before it answered: {errors}");
        }
        _gateways[name] = Gateway().Match(line).Value;
    }

    /// <summary>Waits until a job's view is so.</summary>
    /// <param name="job">The job.</param>
    /// <param name="isSo">What is waited for.</param>
    /// <param name="client">Asks by another client than <see cref="Client"/>.</param>
    /// <exception cref="TimeoutException">It was not, for two minutes.</exception>
    /// <exception cref="InvalidOperationException">The job has ended before.</exception>
    public async Task<JobSnapshot> UntilAsync(JobId job, Func<JobSnapshot, bool> isSo, NeptuneClient? client = null)
    {
        var jobs = (client ?? Client).Jobs;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await foreach (var snapshot in jobs.WatchAsync(job, patience.Token))
            {
                if (isSo(snapshot))
                {
                    return snapshot;
                }
            }
        }
        catch (OperationCanceledException)
        {
            var last = await jobs.GetAsync(job);
            throw new TimeoutException(
                $"Job {job} at step {last.Step} is {last.Phase}, generation {last.Generation} of "
                    + $"{string.Join(", ", last.Ranks.Select(r => r.Node.Value))}: {last.Reason}"
            );
        }
        throw new InvalidOperationException($"The job has ended: {(await jobs.GetAsync(job)).Reason}");
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
        Redis.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@"\d+\.\d+\.\d+\.\d+:\d+")]
    private static partial Regex Gateway();
}
