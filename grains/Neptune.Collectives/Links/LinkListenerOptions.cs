using System.Net;

namespace Neptune.Collectives;

/// <summary>Where a process takes links, and how patient it is with those who connect.</summary>
public sealed record LinkListenerOptions
{
    /// <summary>The address to listen on. Loopback unless set: other hosts are then not served.</summary>
    public IPAddress ListenOn { get; init; } = IPAddress.Loopback;

    /// <summary>The TCP port; 0, the default, takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>The address or name others connect to; null takes <see cref="ListenOn"/>.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>How long a connection may take to say who it is. Default 10 seconds.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection waits for a group that this process has not joined yet. Default 30 seconds.</summary>
    public TimeSpan GroupTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many connections may wait at once; beyond, the oldest is refused. Default 256.</summary>
    public int MaxWaiting { get; init; } = 256;
}
