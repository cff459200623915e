using Neptune.Contracts;
using Neptune.Planning;
using Neptune.Processes;
using Neptune.Redis.Tests;

namespace Neptune.Storage.Tests;

public sealed class RedisCheckpointIndexTests : CheckpointIndexContract, IAsyncLifetime
{
    private RedisServerProcess _server = null!;
    private RedisStore _store = null!;

    internal override ICheckpointIndex Index => _store.Checkpoints("service");

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServers.StartAsync();
        _store = await ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
        _server?.Dispose();
    }

    internal override async Task<ICheckpointIndex> ReopenAsync()
    {
        await _store.DisposeAsync();
        _server.Kill();
        await _server.RestartAsync();
        _store = await ConnectAsync();
        return Index;
    }

    [Fact]
    public async Task Given_a_server_that_is_gone_when_asked_then_the_error_says_so()
    {
        _server.Kill();
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => Index.ListAsync(new("job-1")));
        Assert.Contains(_server.Address, error.Message, StringComparison.Ordinal);
        await _server.RestartAsync();
    }

    private Task<RedisStore> ConnectAsync() =>
        RedisStore.ConnectAsync(
            RedisAddress.Parse($"{_server.Address},asyncTimeout=400,syncTimeout=400"),
            TestContext.Current.CancellationToken
        );
}
