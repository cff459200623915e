using System.Net;
using System.Net.Sockets;

namespace Neptune.Processes;

/// <summary>Loopback ports that nobody has.</summary>
internal static class FreePort
{
    /// <summary>One that the system picks. Another process may take it meanwhile; who wants it then says so.</summary>
    public static int Pick()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
