using System.Runtime.InteropServices;

namespace Neptune.Redis.Tests;

internal static partial class Signals
{
    /// <summary>Freezes a process.</summary>
    public const int Stop = 19;

    /// <summary>Lets a frozen process go on.</summary>
    public const int Continue = 18;

    public static void Send(int process, int signal) => Assert.Equal(0, Kill(process, signal));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
