using System.Globalization;
using System.Net;

namespace Neptune.Client;

/// <summary>
/// How to find a cluster: by gateways, <c>HOST:PORT,HOST:PORT</c>, or by its Redis, <c>redis:HOST:PORT,OPTIONS</c>.
/// </summary>
internal sealed record ClusterAddress
{
    private const string RedisPrefix = "redis:";

    /// <summary>The gateways; empty where Redis tells them.</summary>
    public IReadOnlyList<DnsEndPoint> Gateways { get; private init; } = [];

    /// <summary>The connection string of Redis; null where gateways are given.</summary>
    public string? Redis { get; private init; }

    /// <summary>The address in messages: without options, for they may hold a password.</summary>
    public required string Shown { get; init; }

    /// <exception cref="ArgumentException">It is no address; the message says what would be.</exception>
    public static ClusterAddress Parse(string text)
    {
        if (text.StartsWith(RedisPrefix, StringComparison.OrdinalIgnoreCase))
        {
            // redis://HOST:PORT is what other tools call it.
            var redis = text[RedisPrefix.Length..].TrimStart('/');
            var hosts = redis.Split(',').TakeWhile(part => !part.Contains('=', StringComparison.Ordinal));
            return new() { Redis = redis, Shown = $"Redis at {string.Join(',', hosts)}" };
        }
        return new()
        {
            Gateways = [.. text.Split(',', StringSplitOptions.TrimEntries).Select(ParseGateway)],
            Shown = text,
        };
    }

    private static DnsEndPoint ParseGateway(string text)
    {
        var colon = text.LastIndexOf(':');
        return
            colon >= 1
            && int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is >= 1 and <= IPEndPoint.MaxPort
            ? new(text[..colon].Trim('[', ']'), port)
            : throw new ArgumentException(
                $"'{text}' is no address of a cluster: write HOST:PORT, such as localhost:30000, several with commas between "
                    + "them, or redis:HOST:PORT."
            );
    }
}
