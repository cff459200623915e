using System.Runtime.InteropServices;

namespace Neptune.Processes;

/// <summary>Signals to processes.</summary>
public static partial class Signals
{
    /// <summary>Freezes a process.</summary>
    public const int Stop = 19;

    /// <summary>Lets a frozen process go on.</summary>
    public const int Continue = 18;

    /// <exception cref="InvalidOperationException">There is no such process, or it is another user's.</exception>
    public static void Send(int process, int signal)
    {
        if (Kill(process, signal) != 0)
        {
            throw new InvalidOperationException($"Process {process} cannot be sent signal {signal}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
