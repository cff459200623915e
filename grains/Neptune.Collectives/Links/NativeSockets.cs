using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Neptune.Collectives;

/// <summary>The system calls that move bytes between native memory and a socket, and wait for many sockets at once.</summary>
internal static unsafe partial class NativeSockets
{
    public const short PollIn = 1;
    public const short PollOut = 4;
    private const int Interrupted = 4;
    private static readonly int _again = OperatingSystem.IsLinux() ? 11 : 35;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Block
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary>True where a call failed because it would have to wait, or was disturbed by a signal.</summary>
    public static bool WouldBlock(int error) => error == _again || error == Interrupted;

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int timeoutMilliseconds);

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "readv", SetLastError = true)]
    public static partial nint Read(int descriptor, Block* blocks, int count);

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "writev", SetLastError = true)]
    public static partial nint Write(int descriptor, Block* blocks, int count);
}
