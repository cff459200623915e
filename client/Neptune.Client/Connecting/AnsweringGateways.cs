using System.Net;
using System.Net.Sockets;
using Orleans.Messaging;

namespace Neptune.Client;

/// <summary>
/// Of the gateways that others name, those that answer: a dead one among them would make the Orleans client wait. It asks
/// again every few seconds, so a client outlives the silo it began with.
/// </summary>
internal sealed class AnsweringGateways(IGatewayListProvider named) : IGatewayListProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(3);

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => named.InitializeGatewayListProvider();

    public async Task<IList<Uri>> GetGateways()
    {
        var gateways = await named.GetGateways();
        var answers = await Task.WhenAll(gateways.Select(g => ProbeAsync(g.ToGatewayAddress()!.Endpoint, default)));
        var answering = gateways.Where((_, index) => answers[index] is null).ToList();
        // Where none answers at all, this machine's network may be the reason.
        return answering.Count > 0 ? answering : gateways;
    }

    /// <summary>Whether somebody listens there; null where somebody does, else the reason.</summary>
    public static async Task<Exception?> ProbeAsync(IPEndPoint gateway, CancellationToken cancellation)
    {
        using var socket = new Socket(gateway.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(gateway, cancellation).AsTask().WaitAsync(Patience, cancellation);
            return null;
        }
        catch (Exception error) when (error is SocketException or TimeoutException)
        {
            return error;
        }
    }
}
