using System.Runtime.InteropServices;

namespace Neptune.Torch;

/// <summary>
/// Tells the C library's allocator to keep big freed blocks. By default glibc gives blocks over 128 KiB to 32 MiB back to
/// the kernel at once, and the next step pays page faults for them: measured 200 ms in place of 17 ms for the gradient
/// of a 64 MB weight matrix.
/// </summary>
public static partial class NativeAllocator
{
    // malloc.h of glibc.
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapMax = -4;
    private const int ArenaMax = -8;

    private static readonly Lazy<bool> Tuned = new(TuneOnce);

    /// <summary>
    /// Sets the thresholds, once for the process; repeated calls change nothing. Call it before the native library
    /// loads: <see cref="TorchDevice"/> does.
    /// </summary>
    /// <returns>True where the allocator is glibc's and took the settings; elsewhere nothing is done.</returns>
    public static bool Tune() => Tuned.Value;

    private static bool TuneOnce()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }
        try
        {
            // No block comes from mmap, whose threshold glibc caps at 32 MiB; one arena, since the heaps of others end
            // at 64 MiB; and the heap's end is never handed back.
            return SetOption(MmapMax, 0) != 0
                && SetOption(ArenaMax, 1) != 0
                && SetOption(TrimThreshold, -1) != 0
                && SetOption(TopPad, 16 << 20) != 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // musl has no mallopt
        }
        catch (DllNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Sets a variable of the native environment, which the managed one does not reach on Unix.</summary>
    internal static void SetNativeVariable(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (!OperatingSystem.IsWindows())
        {
            _ = SetVariable(name, value, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
