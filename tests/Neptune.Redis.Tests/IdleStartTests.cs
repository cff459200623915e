using System.Diagnostics;
using System.Globalization;
using Neptune.Client;
using Neptune.Processes;

namespace Neptune.Redis.Tests;

/// <summary>A silo that starts leaves the processor to those who train, until others rely on it.</summary>
public sealed class IdleStartTests : IDisposable
{
    private const int Normal = 0; // SCHED_OTHER
    private const int Idle = 5; // SCHED_IDLE

    // The threads of the runtime's pool end after a tenth of a second without work, and are made anew by one another.
    private static readonly Dictionary<string, string> ShortLivedThreads = new()
    {
        ["DOTNET_ThreadPool_ThreadTimeoutMs"] = "64", // hexadecimal
    };

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10); // between looks

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-idle-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Given_a_silo_when_it_starts_then_it_takes_idle_time_until_it_is_part_of_the_cluster()
    {
        using var redis = await RedisServers.StartAsync();
        SkipWithoutRoot();
        using var silo = NeptuneProcess.SiloOf(redis, "one", _folder, ShortLivedThreads, []);
        Assert.Contains(Idle, await SeenUntilItAnswersAsync(silo, () => PoliciesOf(silo).Values));
        await UntilAllAreNormalAsync(silo);
        await AssertNewThreadsAreNormalAsync(silo, redis);
    }

    [Fact]
    public async Task Given_a_silo_that_could_not_come_back_from_idle_time_when_it_starts_then_it_takes_none()
    {
        using var redis = await RedisServers.StartAsync();
        SkipWithoutRoot();
        using var silo = NeptuneProcess.SiloOn(["setpriv", "--bounding-set", "-sys_nice"], ArgumentsOf(redis));
        // Its first thread: another one has tried whether it can come back.
        Assert.Equal([Normal], await SeenUntilItAnswersAsync(silo, () => [PoliciesOf(silo)[silo.Id]]));
    }

    [Fact]
    public async Task Given_a_processor_without_idle_time_when_a_silo_starts_on_it_then_it_waits_no_longer_than_its_limit()
    {
        using var redis = await RedisServers.StartAsync();
        SkipWithoutRoot();
        using var busy = Process.Start("taskset", ["-c", "0", "sh", "-c", "while :; do :; done"]);
        try
        {
            using var silo = NeptuneProcess.SiloOn(["taskset", "-c", "0"], ArgumentsOf(redis));
            Assert.Contains(Idle, await SeenUntilItAnswersAsync(silo, () => PoliciesOf(silo).Values));
            await UntilAllAreNormalAsync(silo);
        }
        finally
        {
            busy.Kill();
        }
    }

    private static void SkipWithoutRoot() =>
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "A process comes back from idle time on Linux, as root."
        );

    private string[] ArgumentsOf(RedisServerProcess redis) =>
        ["--redis", redis.Address, "--name", "one", "--nodes", "1", "--data-dir", _folder];

    private static async Task<IReadOnlySet<int>> SeenUntilItAnswersAsync(
        NeptuneProcess silo,
        Func<IEnumerable<int>> policies
    )
    {
        var answer = silo.ReadLineAsync();
        var seen = new SortedSet<int>();
        while (!answer.IsCompleted)
        {
            seen.UnionWith(policies());
            await Task.WhenAny(answer, Task.Delay(Period));
        }
        Assert.Contains("answers at", await answer, StringComparison.Ordinal);
        return seen;
    }

    // Threads that were being made when the others came back follow within seconds.
    private static async Task UntilAllAreNormalAsync(NeptuneProcess silo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (PoliciesOf(silo).Values.Any(policy => policy != Normal))
        {
            await Task.Delay(Period, patience.Token);
        }
    }

    // Of threads that are made later by those that were idle.
    private static async Task AssertNewThreadsAreNormalAsync(NeptuneProcess silo, RedisServerProcess redis)
    {
        var before = PoliciesOf(silo).Keys;
        var after = new Dictionary<int, int>();
        await using var neptune = await NeptuneClient.ConnectAsync($"redis:{redis.Address}", Token);
        var training = TrainedModels.TrainAsync(neptune, "cnn", shards: 4, nodes: 1, Token);
        while (!training.IsCompleted)
        {
            foreach (var (thread, policy) in PoliciesOf(silo))
            {
                after[thread] = policy;
            }
            await Task.WhenAny(training, Task.Delay(Period, Token));
        }
        await training;
        Assert.NotEmpty(after.Keys.Except(before));
        Assert.All(after.Values, policy => Assert.Equal(Normal, policy));
    }

    // The scheduling policy of each thread: proc(5), the 41st field of stat.
    private static IReadOnlyDictionary<int, int> PoliciesOf(NeptuneProcess silo)
    {
        var policies = new Dictionary<int, int>();
        foreach (var folder in Directory.GetDirectories($"/proc/{silo.Id}/task"))
        {
            try
            {
                var fields = File.ReadAllText(Path.Combine(folder, "stat")).Split(") ")[^1].Split(' ');
                var thread = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
                policies[thread] = int.Parse(fields[41 - 3], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }
        return policies;
    }
}
