using System.Globalization;
using System.Runtime.InteropServices;

namespace Neptune.Hosting;

/// <summary>
/// For as long as it is not disposed, the process computes only where nobody else wants the processor (Linux's
/// SCHED_IDLE). Where the system does not let a process come back from that (it takes CAP_SYS_NICE, or a limit of
/// RLIMIT_NICE of at least 20), nothing changes.
/// </summary>
internal sealed partial class IdlePriority : IDisposable
{
    private const int Normal = 0; // SCHED_OTHER
    private const int Idle = 5; // SCHED_IDLE

    // A thread that was being made when its maker came back is seen only later, and is idle: so they are looked for until
    // there was none for a while.
    private const int LooksInVain = 5;
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(0.5);

    private readonly Lock _gate = new();
    private readonly Timer? _return;
    private int _inVain;

    /// <param name="atMost">Ends by itself then: on a machine that has no time left the process would never come to anything.</param>
    public IdlePriority(TimeSpan atMost)
    {
        if (OperatingSystem.IsLinux() && IsNormal(0) && CanReturn())
        {
            Move(Normal, Idle);
            _return = new(_ => Return(), null, atMost, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_return is not null)
        {
            Return();
        }
    }

    private void Return()
    {
        lock (_gate)
        {
            _ = Set(0, Normal); // to look soon
            _inVain = Move(Idle, Normal) ? 0 : _inVain + 1;
            var next = _inVain < LooksInVain ? LookPeriod : Timeout.InfiniteTimeSpan;
            _return!.Change(next, Timeout.InfiniteTimeSpan);
        }
    }

    // A thread takes after the one that makes it, so it goes on until none is found. True where there were some.
    private static bool Move(int from, int to)
    {
        var (any, found) = (false, true);
        while (found)
        {
            found = false;
            foreach (var folder in Directory.EnumerateDirectories("/proc/self/task"))
            {
                var thread = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
                // One that has ended meanwhile has no policy.
                found |= PolicyOf(thread) == from && Set(thread, to);
            }
            any |= found;
        }
        return any;
    }

    private static bool CanReturn()
    {
        var can = false;
        var thread = new Thread(() => can = Set(0, Idle) && Set(0, Normal));
        thread.Start();
        thread.Join();
        return can;
    }

    private static bool IsNormal(int thread) => PolicyOf(thread) == Normal;

    private static bool Set(int thread, int policy) => SetPolicy(thread, policy, 0) == 0;

    [LibraryImport("libc", EntryPoint = "sched_getscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int PolicyOf(int thread);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPolicy(int thread, int policy, in int priority);
}
