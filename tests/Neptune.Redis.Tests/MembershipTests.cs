using System.Diagnostics;
using Neptune.Client;

namespace Neptune.Redis.Tests;

[Collection(nameof(RunningCluster))]
public sealed class MembershipTests(RunningCluster cluster)
{
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("NEPTUNE_TEST_LOAD_SECONDS") ?? "10")
    );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Given_a_silo_when_it_is_killed_then_it_is_declared_dead_within_three_seconds()
    {
        using var silo = cluster.Launch("victim");
        await silo.ReadLineAsync();
        // Its peers must have begun to watch it, as they do of a silo that has been there for a while.
        await Task.Delay(TimeSpan.FromSeconds(2), Token);
        silo.Kill();
        var since = Stopwatch.StartNew();
        while (!(await cluster.RowOfAsync("victim"))!.Contains("\"Status\":6", StringComparison.Ordinal))
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(3), "three seconds are over, and it is not dead");
            await Task.Delay(10, Token);
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"dead after {since.Elapsed.TotalSeconds:0.00} s");
    }

    [Fact]
    public async Task Given_four_times_as_much_work_as_cores_when_silos_must_share_them_then_none_is_suspected()
    {
        var until = Stopwatch.StartNew();
        var loops = Enumerable
            .Range(0, 4 * Environment.ProcessorCount)
            .Select(_ => Process.Start("sh", ["-c", "while :; do :; done"]))
            .ToList();
        try
        {
            while (until.Elapsed < Load)
            {
                Assert.False(await cluster.IsSuspectedAsync());
                Assert.True(cluster.AllRun);
                await Task.Delay(200, Token);
            }
        }
        finally
        {
            foreach (var loop in loops)
            {
                loop.Kill();
                loop.Dispose();
            }
        }
    }

    [Fact]
    public async Task Given_a_name_that_a_living_silo_has_when_another_starts_with_it_then_it_ends_and_says_so()
    {
        await cluster.SettledAsync(Token); // it would log silos of other tests that have just gone
        using var second = cluster.Launch("two");
        var (exitCode, errors) = await second.EndAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("'two' is alive", errors, StringComparison.Ordinal);
        Assert.Contains("--name", errors, StringComparison.Ordinal);
        Assert.Single(errors.Split('\n'));
    }

    [Fact]
    public async Task Given_several_gateways_of_which_some_are_dead_when_a_client_connects_then_it_finds_one_that_answers()
    {
        using var silo = cluster.Launch("gateway");
        var gateway = (await silo.ReadLineAsync())!.Split(' ')[4];
        await using (var neptune = await NeptuneClient.ConnectAsync($"127.0.0.1:1,{gateway}, nowhere.invalid:2", Token))
        {
            Assert.Contains(await neptune.Nodes.ListAsync(), node => node.Id.Host == "gateway");
        }
        var error = await Assert.ThrowsAsync<ClusterUnreachableException>(() =>
            NeptuneClient.ConnectAsync("127.0.0.1:1,127.0.0.1:2", Token)
        );
        Assert.Contains("127.0.0.1:1,127.0.0.1:2", error.Message, StringComparison.Ordinal);
    }
}
