using System.Runtime.InteropServices;

namespace Neptune.Torch;

/// <summary>
/// Starts a thread that allocates from glibc's main arena. Only that one grows without bounds: in others a block over
/// 64 MiB is mapped and unmapped each time, whatever mallopt says. glibc gives a new thread one of the arenas there are,
/// in turn, and .NET has made some before any code of ours runs.
/// </summary>
internal static class MainArenaThread
{
    private const int Attempts = 256;
    private const ulong NonMainArena = 4; // malloc.c: a bit of the size before each block

    /// <summary>Starts a thread that runs <paramref name="body"/>; where no arenas are known, any thread.</summary>
    public static async Task<Thread> StartAsync(string name, Action<Thread> body)
    {
        var matters = NativeAllocator.Tune();
        var release = new TaskCompletionSource();
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                var chosen = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                var last = !matters || attempt == Attempts;
                var thread = new Thread(() =>
                {
                    var stays = last || AllocatesFromMainArena();
                    chosen.SetResult(stays);
                    if (stays)
                    {
                        body(Thread.CurrentThread);
                    }
                    else
                    {
                        // Its arena stays taken until the right one is found.
                        ((IAsyncResult)release.Task).AsyncWaitHandle.WaitOne();
                    }
                })
                {
                    IsBackground = true,
                    Name = name,
                };
                thread.Start();
                if (await chosen.Task.ConfigureAwait(false))
                {
                    return thread;
                }
            }
        }
        finally
        {
            release.SetResult();
        }
    }

    /// <summary>True where the calling thread's blocks come from the main arena. Only for glibc.</summary>
    internal static unsafe bool AllocatesFromMainArena()
    {
        // Large enough not to come from the thread's cache of blocks that others have freed.
        var block = (ulong*)NativeMemory.Alloc(16 << 10);
        var isMain = (block[-1] & NonMainArena) == 0;
        NativeMemory.Free(block);
        return isMain;
    }
}
