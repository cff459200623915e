using System.Net;
using StackExchange.Redis;

namespace Neptune.Storage;

/// <summary>Which Redis a cluster keeps its state in: a connection string of StackExchange.Redis, checked.</summary>
public sealed class RedisAddress
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(500);

    private RedisAddress(string text, ConfigurationOptions options)
    {
        Text = text;
        Options = options;
        Shown = string.Join(',', options.EndPoints.Select(ShowEndPoint));
    }

    /// <summary>The connection string as given; it may hold a password.</summary>
    public string Text { get; }

    /// <summary>Hosts and ports, without a password: for messages.</summary>
    public string Shown { get; }

    internal ConfigurationOptions Options { get; }

    /// <summary>Reads a connection string: <c>HOST:PORT</c>, and options such as <c>,password=...,ssl=true</c>.</summary>
    /// <exception cref="ArgumentException">It is none; the message says what is wrong, without repeating a password.</exception>
    public static RedisAddress Parse(string text)
    {
        ConfigurationOptions options;
        try
        {
            options = string.IsNullOrWhiteSpace(text) ? new() : ConfigurationOptions.Parse(text);
        }
        catch (ArgumentException error)
        {
            // Without .NET's own addition, (Parameter 'configuration').
            throw Wrong(error.Message.ReplaceLineEndings(" ").Split(" (Parameter")[0].TrimEnd('.'), error);
        }
        if (options.EndPoints.Count == 0)
        {
            throw Wrong("it names no host");
        }
        options.SetDefaultPorts();
        foreach (var endPoint in options.EndPoints)
        {
            if (PortOf(endPoint) is < 1 or > IPEndPoint.MaxPort)
            {
                throw Wrong($"{ShowEndPoint(endPoint)} has no port of 1 to {IPEndPoint.MaxPort}");
            }
        }
        if (!text.Contains("connectTimeout", StringComparison.OrdinalIgnoreCase))
        {
            options.ConnectTimeout = (int)ConnectPatience.TotalMilliseconds;
        }
        if (!text.Contains("connectRetry", StringComparison.OrdinalIgnoreCase))
        {
            options.ConnectRetry = 1;
        }
        options.ReconnectRetryPolicy = new LinearRetry((int)ReconnectPause.TotalMilliseconds);
        return new(text, options);
    }

    /// <summary>The address of this machine on the way to Redis: loopback where Redis is on loopback.</summary>
    /// <exception cref="StorageException">There is no way to it.</exception>
    public IPAddress LocalAddress()
    {
        try
        {
            using var socket = new System.Net.Sockets.Socket(
                System.Net.Sockets.SocketType.Dgram,
                System.Net.Sockets.ProtocolType.Udp
            );
            // Connecting a UDP socket sends nothing: it asks the routing table.
            switch (Options.EndPoints[0])
            {
                case DnsEndPoint name:
                    socket.Connect(name.Host, name.Port);
                    break;
                case IPEndPoint address:
                    socket.Connect(address);
                    break;
                default:
                    return IPAddress.Loopback;
            }
            var local = ((IPEndPoint)socket.LocalEndPoint!).Address;
            return local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local;
        }
        catch (System.Net.Sockets.SocketException error)
        {
            throw new StorageException(
                $"The store (Redis at {Shown}) cannot be reached: {error.Message.TrimEnd('.')}. Check --redis, or give this "
                    + "machine's address by --advertise-address.",
                error
            );
        }
    }

    /// <summary>Hosts and ports, without a password.</summary>
    public override string ToString() => Shown;

    private static int PortOf(EndPoint endPoint) =>
        endPoint switch
        {
            DnsEndPoint name => name.Port,
            IPEndPoint address => address.Port,
            _ => IPEndPoint.MaxPort,
        };

    private static string ShowEndPoint(EndPoint endPoint) =>
        endPoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : $"{endPoint}";

    private static ArgumentException Wrong(string reason, Exception? cause = null) =>
        new(
            $"--redis is no address of Redis: {reason}. Give HOST:PORT, with options of StackExchange.Redis behind commas "
                + "where needed, such as localhost:6379,password=SECRET,ssl=true.",
            cause
        );
}
