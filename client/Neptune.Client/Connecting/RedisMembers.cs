using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Neptune.Client;

/// <summary>The Redis in which a cluster's silos list themselves: clients find the gateways there.</summary>
internal sealed class RedisMembers : IAsyncDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly ConfigurationOptions _options;
    private readonly ConnectionMultiplexer _connection;

    private RedisMembers(ConfigurationOptions options, ConnectionMultiplexer connection)
    {
        _options = options;
        _connection = connection;
    }

    /// <exception cref="ArgumentException">It is no connection string.</exception>
    /// <exception cref="ClusterUnreachableException">Redis does not answer, or knows of no cluster.</exception>
    public static async Task<RedisMembers> ConnectAsync(
        ClusterAddress address,
        string text,
        CancellationToken cancellation
    )
    {
        var options = Parse(text);
        ConnectionMultiplexer? connection = null;
        try
        {
            connection = await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(Patience, cancellation);
            var members = $"{ClusterIdentity.ServiceId}/members/{ClusterIdentity.ClusterId}";
            if (await connection.GetDatabase().KeyExistsAsync(members).WaitAsync(Patience, cancellation))
            {
                return new(options, connection);
            }
            throw new ClusterUnreachableException(
                $"{address.Shown} answers, and no cluster is known there. Check the address (--cluster, NEPTUNE_CLUSTER), and start "
                    + "silos with this --redis."
            );
        }
        catch (Exception error)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
            if (error is RedisException or TimeoutException)
            {
                throw new ClusterUnreachableException(
                    $"{address.Shown} does not let us in: {Reason(error)}. Check the address (--cluster, NEPTUNE_CLUSTER).",
                    error
                );
            }
            throw;
        }
    }

    /// <summary>Makes the Orleans client find its gateways here.</summary>
    public void Use(IClientBuilder client) =>
        client.UseRedisClustering(clustering =>
        {
            clustering.ConfigurationOptions = _options;
            clustering.CreateMultiplexer = _ => Task.FromResult(((IConnectionMultiplexer)_connection, IsShared: true));
        });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static ConfigurationOptions Parse(string text)
    {
        try
        {
            var options = string.IsNullOrWhiteSpace(text) ? new() : ConfigurationOptions.Parse(text);
            if (options.EndPoints.Count == 0)
            {
                throw new ArgumentException("it names no host.");
            }
            if (!text.Contains("connectTimeout", StringComparison.OrdinalIgnoreCase))
            {
                options.ConnectTimeout = (int)ConnectPatience.TotalMilliseconds;
                options.ConnectRetry = 1;
            }
            return options;
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException(
                $"The cluster's address is no address of Redis: {error.Message.ReplaceLineEndings(" ").Split(" (Parameter")[0].TrimEnd('.')}. Write "
                    + "redis:HOST:PORT, with options of StackExchange.Redis behind commas where needed.",
                error
            );
        }
    }

    private static string Reason(Exception error) =>
        error.Message.Contains("NOAUTH", StringComparison.Ordinal)
        || error.Message.Contains("WRONGPASS", StringComparison.Ordinal)
        || error.Message.Contains("AuthenticationFailure", StringComparison.Ordinal)
            ? "it asks for another user or password"
            : "it does not answer";
}
