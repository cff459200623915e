using Neptune.Planning;
using Neptune.Processes;
using Neptune.Redis.Tests;

namespace Neptune.Storage.Tests;

public sealed class RedisMembershipStoreTests : MembershipStoreContract, IAsyncLifetime
{
    private RedisServerProcess _server = null!;
    private RedisStore _redis = null!;

    internal override IMembershipStore Store => _redis.Memberships("service");

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServers.StartAsync();
        _redis = await RedisStore.ConnectAsync(
            RedisAddress.Parse(_server.Address),
            TestContext.Current.CancellationToken
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
        _server?.Dispose();
    }
}
