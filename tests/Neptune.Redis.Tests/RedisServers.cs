using Neptune.Processes;

namespace Neptune.Redis.Tests;

/// <summary>Servers for tests, which are skipped where there is no redis-server.</summary>
internal static class RedisServers
{
    /// <summary>Starts one, or skips the test.</summary>
    public static Task<RedisServerProcess> StartAsync(string password = "")
    {
        SkipWithout();
        return RedisServerProcess.StartAsync(password);
    }

    public static void SkipWithout() =>
        Assert.SkipUnless(
            RedisServerProcess.IsInstalled,
            "There is no redis-server. As root: apt-get install redis-server."
        );
}
