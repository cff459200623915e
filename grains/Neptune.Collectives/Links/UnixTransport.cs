using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Neptune.Collectives;

/// <summary>A socket by system calls: two places at once, native memory, nothing allocated, no helper thread.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed unsafe class UnixTransport(Socket socket) : LinkTransport
{
    private readonly int _descriptor = (int)socket.Handle;

    public override Socket Socket => socket;

    public override int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* one = first)
        fixed (byte* two = second)
        {
            var blocks = stackalloc NativeSockets.Block[2];
            var count = Fill(blocks, one, first.Length, two, second.Length);
            var sent = NativeSockets.Write(_descriptor, blocks, count);
            return sent >= 0 ? (int)sent : Failed();
        }
    }

    public override int Receive(Span<byte> first, Span<byte> second)
    {
        fixed (byte* one = first)
        fixed (byte* two = second)
        {
            var blocks = stackalloc NativeSockets.Block[2];
            var count = Fill(blocks, one, first.Length, two, second.Length);
            var received = NativeSockets.Read(_descriptor, blocks, count);
            return received > 0 ? (int)received
                : received == 0 ? Closed
                : Failed();
        }
    }

    public override void Dispose() => socket.Dispose();

    private static int Fill(NativeSockets.Block* blocks, byte* one, int oneLength, byte* two, int twoLength)
    {
        var count = 0;
        if (oneLength > 0)
            blocks[count++] = new() { Start = one, Length = (nuint)oneLength };
        if (twoLength > 0)
            blocks[count++] = new() { Start = two, Length = (nuint)twoLength };
        return count;
    }

    private int Failed()
    {
        var error = Marshal.GetLastPInvokeError();
        if (NativeSockets.WouldBlock(error))
            return 0;
        Error = new Win32Exception(error).Message;
        return Closed;
    }
}
