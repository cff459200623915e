using System.Net;
using System.Net.Sockets;

namespace Neptune.Hosting;

/// <summary>Ports to listen on.</summary>
public static class Ports
{
    private const int Attempts = 5;

    /// <summary>
    /// Starts something that listens on some ports. A free port may be taken by another process before it listens: then
    /// others are tried.
    /// </summary>
    internal static async Task<T> StartAsync<T>(IPAddress address, int[] wanted, Func<int[], Task<T>> start)
    {
        for (var attempt = 1; ; attempt++)
        {
            var ports = Array.ConvertAll(wanted, port => port == 0 ? Free(address) : port);
            try
            {
                return await start(ports);
            }
            catch (SocketException error)
                when (error.SocketErrorCode == SocketError.AddressAlreadyInUse
                    && attempt < Attempts
                    && wanted.Contains(0)
                )
            {
                // Again, with other ports.
            }
        }
    }

    /// <summary>Makes sure that this process can listen there.</summary>
    /// <param name="address">Where to listen.</param>
    /// <param name="port">0 takes any.</param>
    /// <param name="option">The option that gave the port, for the message.</param>
    /// <exception cref="HostingException">It cannot; the message says why.</exception>
    internal static void Check(IPAddress address, int port, string option)
    {
        try
        {
            using var listener = new TcpListener(address, port) { ExclusiveAddressUse = true };
            listener.Start();
        }
        catch (SocketException error)
        {
            throw error.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => new HostingException(
                    $"Port {port} of {address} is taken by another process. Give another by {option}, or 0 for a free one.",
                    error
                ),
                SocketError.AccessDenied => new HostingException(
                    $"This user may not listen on port {port}. Give one of 1024 to 65535 by {option}, or 0 for a free one.",
                    error
                ),
                SocketError.AddressNotAvailable => new HostingException(
                    $"{address} is no address of this machine, so it cannot listen there. Give one of its own by "
                        + "--advertise-address.",
                    error
                ),
                _ => new HostingException($"Port {port} of {address} cannot be used: {error.Message}", error),
            };
        }
    }

    /// <summary>A port that nobody listens on now.</summary>
    public static int Free(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
