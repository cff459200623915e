using System.Security.Cryptography;
using Neptune.Contracts;
using StackExchange.Redis;

namespace Neptune.Storage;

/// <summary>An open connection to the Redis that holds membership, grain state and reminders of a cluster.</summary>
public sealed class RedisStore : IAsyncDisposable
{
    private const int ClusterKeyBytes = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly ConnectionMultiplexer _connection;

    private RedisStore(RedisAddress address, ConnectionMultiplexer connection)
    {
        Address = address;
        _connection = connection;
    }

    /// <summary>Where it is.</summary>
    public RedisAddress Address { get; }

    internal IConnectionMultiplexer Connection => _connection;

    internal IDatabase Database => _connection.GetDatabase();

    /// <summary>Connects, and makes sure that it answers.</summary>
    /// <exception cref="StorageException">It does not; the message says why and what to do.</exception>
    public static async Task<RedisStore> ConnectAsync(RedisAddress address, CancellationToken cancellation)
    {
        ConnectionMultiplexer? connection = null;
        try
        {
            connection = await ConnectionMultiplexer
                .ConnectAsync(address.Options)
                .WaitAsync(Patience, cancellation)
                .ConfigureAwait(false);
            await connection.GetDatabase().PingAsync().WaitAsync(Patience, cancellation).ConfigureAwait(false);
            return new(address, connection);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
            throw Unusable(address, error);
        }
        catch
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
            throw;
        }
    }

    /// <summary>The cluster's secret, which whoever may use its Redis knows: 32 random bytes that the first silo drew.</summary>
    /// <exception cref="StoreUnavailableException">Redis does not answer.</exception>
    public Task<ReadOnlyMemory<byte>> ClusterKeyAsync(string serviceId) =>
        RunAsync(async database =>
        {
            RedisKey name = $"{serviceId}/cluster-key";
            await database
                .StringSetAsync(name, RandomNumberGenerator.GetBytes(ClusterKeyBytes), when: When.NotExists)
                .ConfigureAwait(false);
            return (ReadOnlyMemory<byte>)(await database.StringGetAsync(name).ConfigureAwait(false));
        });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>Makes calls of a running cluster.</summary>
    /// <exception cref="StoreUnavailableException">Redis does not answer.</exception>
    internal async Task<T> RunAsync<T>(Func<IDatabase, Task<T>> calls)
    {
        try
        {
            return await calls(Database).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisException or TimeoutException or TaskCanceledException)
        {
            throw Unavailable(error);
        }
    }

    /// <summary>The error to throw when a call of a running cluster fails for the store.</summary>
    internal StoreUnavailableException Unavailable(Exception error) =>
        new(
            $"The store (Redis at {Address}) does not answer: {RedisError.Reason(error.Message)}. Running jobs go on; try again "
                + "when it is back.",
            error
        );

    private static StorageException Unusable(RedisAddress address, Exception error) =>
        RedisError.AsksForPassword(error)
            ? new(
                $"The store (Redis at {address}) does not let us in: {RedisError.Reason(error.Message)}. Give its password by "
                    + $"--redis or NEPTUNE_REDIS: {address},password=SECRET (and user=NAME where it has users).",
                error
            )
            : new(
                $"The store (Redis at {address}) does not answer: {RedisError.Reason(error.Message)}. Start Redis there, or "
                    + "give another by --redis or NEPTUNE_REDIS.",
                error
            );
}
