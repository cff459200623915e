using Neptune.Chaos;

namespace Neptune.Redis.Tests;

/// <summary>A short run of <c>Neptune.Chaos</c>; its longer ones are for people.</summary>
public sealed class ChaosTests
{
    private const int Events = 24;
    private const int Silos = 4;
    private const int Seed = 3;

    [Fact]
    public async Task Given_silos_that_die_stall_and_lose_their_links_and_redis_too_then_no_step_is_lost_and_the_bits_are_those_of_a_quiet_run()
    {
        RedisServers.SkipWithout();
        var told = new List<string>();
        var outcome = await ChaosRun.RunAsync(Events, Seed, Silos, told.Add);
        Assert.True(outcome == 0, string.Join('\n', told));
    }
}
