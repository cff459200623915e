using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Neptune.Hosting;

/// <summary>
/// Until it is disposed, the process computes only where nobody else wants the processor (Linux's SCHED_IDLE); where others
/// leave it next to nothing, no longer than a second. Where the system does not let a process come back from that (it takes
/// CAP_SYS_NICE, or a limit of RLIMIT_NICE of at least 20), nothing changes.
/// </summary>
/// <remarks>
/// The C library remembers a thread's policy once it was asked for it, hands it on to the threads that one makes, and the
/// runtime, which asks, sets each new thread to what it hears. So no thread that makes others may be asked for the first
/// time while it is idle: it would make idle threads for ever. The runtime asks those that it makes at once, but for its
/// own, that of finalizers, which asks itself when it first works; and nobody asks the process's first. These two are made
/// to ask here. What new threads then hear is the usual policy, and they are made idle by looking for them.
/// </remarks>
internal sealed partial class IdlePriority : IDisposable
{
    private const int Normal = 0; // SCHED_OTHER
    private const int Idle = 5; // SCHED_IDLE
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(20); // for new threads

    private static readonly TimeSpan ShareTime = TimeSpan.FromSeconds(1);
    private const double LeastShare = 0.05; // of a processor, in that time

    // A thread that was being made when its maker came back is seen only later, and is idle: so they are looked for until
    // there was none for a while.
    private const int LooksInVain = 5;
    private static readonly TimeSpan LastLookPeriod = TimeSpan.FromSeconds(0.5);

    private readonly TimeSpan _atMost;
    private readonly ManualResetEventSlim _ending = new();
    private readonly ManualResetEventSlim _ended = new();

    /// <param name="atMost">Ends by itself then.</param>
    public IdlePriority(TimeSpan atMost)
    {
        _atMost = atMost;
        if (OperatingSystem.IsLinux() && PolicyOf(0) == Normal)
        {
            Thread.CurrentThread.Priority = ThreadPriority.Normal; // asks: see above
            GC.WaitForPendingFinalizers(); // it has asked then
            new Thread(Watch) { IsBackground = true, Name = "idle priority" }.Start();
        }
        else
        {
            _ended.Set();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ending.Set();
        _ended.Wait();
    }

    // In a thread that stays as it is.
    private void Watch()
    {
        if (Set(0, Idle) && Set(0, Normal))
        {
            var (self, clock) = (CurrentThread(), Stopwatch.StartNew());
            var share = new Share();
            do
            {
                Move(Normal, Idle, except: self);
            } while (!_ending.Wait(LookPeriod) && clock.Elapsed < _atMost && share.IsEnough());
            Return();
        }
        _ended.Set();
    }

    private void Return()
    {
        MoveAll();
        _ended.Set();
        using var pause = new ManualResetEventSlim();
        var inVain = 0;
        while (inVain < LooksInVain)
        {
            pause.Wait(LastLookPeriod);
            inVain = MoveAll() ? 0 : inVain + 1;
        }
    }

    // A thread takes after the one that makes it, so it goes on until none is found. True where there were some.
    private static bool MoveAll()
    {
        var any = false;
        while (Move(Idle, Normal))
        {
            any = true;
        }
        return any;
    }

    // True where there were some. A thread that has ended meanwhile has no policy.
    private static bool Move(int from, int to, int? except = null)
    {
        var any = false;
        foreach (var folder in Directory.EnumerateDirectories("/proc/self/task"))
        {
            var thread = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
            any |= thread != except && PolicyOf(thread) == from && Set(thread, to);
        }
        return any;
    }

    private static bool Set(int thread, int policy) => SetPolicy(thread, policy, 0) == 0;

    [LibraryImport("libc", EntryPoint = "gettid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CurrentThread();

    [LibraryImport("libc", EntryPoint = "sched_getscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int PolicyOf(int thread);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPolicy(int thread, int policy, in int priority);

    // What the process has had of the processors lately.
    private sealed class Share
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private TimeSpan _had = Environment.CpuUsage.TotalTime;

        public bool IsEnough()
        {
            if (_clock.Elapsed < ShareTime)
            {
                return true;
            }
            var had = Environment.CpuUsage.TotalTime;
            var share = (had - _had) / _clock.Elapsed;
            _had = had;
            _clock.Restart();
            return share >= LeastShare;
        }
    }
}
