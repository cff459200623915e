using System.Runtime.InteropServices;

namespace Neptune.Redis.Tests;

internal static partial class Signals
{
    public static void Send(int process, int signal) => Assert.Equal(0, Kill(process, signal));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
