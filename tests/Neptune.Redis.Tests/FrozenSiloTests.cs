using Neptune.Client;
using Neptune.Contracts;
using Neptune.Processes;

namespace Neptune.Redis.Tests;

/// <summary>A look at what a silo knows, while that silo does not answer and no other can in its place.</summary>
public sealed class FrozenSiloTests : IDisposable
{
    private static readonly JobId None = new("none");

    // A look that was tried once would have ended by then.
    private static readonly TimeSpan LongerThanATry = TimeSpan.FromSeconds(6);

    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-frozen-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Given_a_silo_that_stands_still_when_it_is_asked_then_the_look_is_made_again_and_says_at_last_what_is_wrong()
    {
        using var redis = await RedisServers.StartAsync();
        using var silo = NeptuneProcess.SiloOf(redis, "one", _folder);
        await silo.ReadLineAsync();
        await using var neptune = await NeptuneClient.ConnectAsync($"redis:{redis.Address}", Token);
        await Assert.ThrowsAsync<NotFoundException>(() => neptune.Jobs.GetAsync(None));

        Signals.Send(silo.Id, Signals.Stop);
        var first = neptune.Jobs.GetAsync(None);
        Task<JobSnapshot> second;
        try
        {
            var error = Assert.ThrowsAsync<ClusterUnreachableException>(() => first);
            await Task.WhenAny(error, Task.Delay(LongerThanATry, Token));
            Assert.False(error.IsCompleted);
            second = neptune.Jobs.GetAsync(None);
            Assert.Contains("has not answered for 30 seconds", (await error).Message, StringComparison.Ordinal);
            Assert.False(second.IsCompleted);
        }
        finally
        {
            Signals.Send(silo.Id, Signals.Continue);
        }
        await Assert.ThrowsAsync<NotFoundException>(() => second);
    }
}
