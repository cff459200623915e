using System.Collections.Concurrent;
using System.Globalization;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// One device and the one thread on which all its tensor work happens. Others hand it work by
/// <see cref="RunAsync{T}"/>; results are plain numbers, never tensors. Each work item runs in its own dispose scope.
/// </summary>
public sealed class TorchDevice : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, (NumericsFingerprint, double)> Probes = [];

    private readonly BlockingCollection<Action> _work = [];
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Thread? _thread;
    private NumericsFingerprint? _fingerprint;
    private int _disposed;

    private TorchDevice(string name, DeviceType kind, int index, int threads, ModuleCatalog modules)
    {
        Modules = modules;
        Name = name;
        Kind = kind;
        Index = index;
        Threads = threads;
    }

    /// <summary>The name, such as <c>cpu:0</c> or <c>cuda:1</c>.</summary>
    public string Name { get; }

    /// <summary>The number of threads of one operation on the CPU. Bits depend on it.</summary>
    public int Threads { get; }

    /// <summary>What the bits of a result depend on besides model and data.</summary>
    public NumericsFingerprint Fingerprint => _fingerprint!;

    /// <summary>The users' modules that graphs may run here.</summary>
    public ModuleCatalog Modules { get; }

    /// <summary>What a matrix product reached at the start, in 10^9 floating-point operations per second.</summary>
    public double Gflops { get; private set; }

    /// <summary>True when called on the device's own thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    internal DeviceType Kind { get; }

    internal int Index { get; }

    internal bool IsCpu => Kind == DeviceType.CPU;

    internal torch.Device Native { get; private set; } = null!; // set on its thread: naming it loads the library

    /// <summary>Starts the device's thread, loads the native library and takes the numerics fingerprint.</summary>
    /// <param name="name"><c>cpu:N</c> or <c>cuda:N</c>. Several CPU devices of one process compute side by side.</param>
    /// <param name="threads">Threads of one operation on the CPU; 1 where several devices share a machine.</param>
    /// <param name="cancellation">Gives up waiting for the start.</param>
    /// <exception cref="ArgumentException">The name is no device's, or <paramref name="threads"/> is below 1.</exception>
    /// <exception cref="InvalidOperationException">This machine, or this build of Neptune, has no such device.</exception>
    public static Task<TorchDevice> StartAsync(
        string name,
        int threads = 1,
        CancellationToken cancellation = default
    ) => StartAsync(name, threads, ModuleCatalog.Empty, cancellation);

    /// <summary>The same, for graphs that run users' modules.</summary>
    /// <inheritdoc cref="StartAsync(string, int, CancellationToken)"/>
    public static async Task<TorchDevice> StartAsync(
        string name,
        int threads,
        ModuleCatalog modules,
        CancellationToken cancellation = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var (kind, index) = Parse(name);
        var device = new TorchDevice(name, kind, index, threads, modules);
        await MainArenaThread.StartAsync($"neptune {name}", device.Work).ConfigureAwait(false);
        await device._started.Task.WaitAsync(cancellation).ConfigureAwait(false);
        return device;
    }

    /// <summary>Runs a function on the device's thread, after all that was handed in before.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before its turn came. Work under way is not stopped.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public Task<T> RunAsync<T>(Func<T> function, CancellationToken cancellation)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(() =>
        {
            if (cancellation.IsCancellationRequested)
            {
                result.TrySetCanceled(cancellation);
                return;
            }
            try
            {
                using var scope = torch.NewDisposeScope();
                result.TrySetResult(function());
            }
            catch (OperationCanceledException cancelled)
            {
                result.TrySetCanceled(cancelled.CancellationToken);
            }
#pragma warning disable CA1031 // whatever failed belongs to the caller, not to the device's thread
            catch (Exception failure)
            {
                result.TrySetException(failure);
            }
#pragma warning restore CA1031
        });
        return result.Task;
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Action function, CancellationToken cancellation) =>
        RunAsync(
            () =>
            {
                function();
                return true;
            },
            cancellation
        );

    /// <summary>The number of live tensors that this device's thread has made: equal before and after a step.</summary>
    public Task<long> CountLiveTensorsAsync(CancellationToken cancellation) =>
        RunAsync(() => DisposeScopeManager.Statistics.ThreadTotalLiveCount, cancellation);

    /// <summary>Ends the thread after the work that was handed in before.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _work.CompleteAdding();
        }
        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>Throws where the caller is not on the device's thread.</summary>
    internal void EnsureCurrent()
    {
        if (!IsCurrent)
        {
            throw new InvalidOperationException(
                $"Tensor work of device {Name} was called on another thread. Hand it in by TorchDevice.RunAsync."
            );
        }
    }

    private static (DeviceType Kind, int Index) Parse(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (
            colon > 0
            && int.TryParse(name.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        )
        {
            switch (name[..colon])
            {
                case "cpu":
                    return (DeviceType.CPU, index);
                case "cuda":
                    return (DeviceType.CUDA, index);
            }
        }
        throw new ArgumentException(
            $"'{name}' is no device. Use cpu:0, cpu:1, ... or cuda:0, cuda:1, ....",
            nameof(name)
        );
    }

    private void Enqueue(Action action)
    {
        try
        {
            _work.Add(action);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(TorchDevice), $"Device {Name} has been disposed.");
        }
    }

    private void Work(Thread thread)
    {
        _thread = thread;
        try
        {
            Open();
            _started.TrySetResult();
        }
#pragma warning disable CA1031 // told to whoever waits for the start
        catch (Exception failure)
        {
            _started.TrySetException(failure);
            _ended.TrySetResult();
            return;
        }
#pragma warning restore CA1031
        foreach (var action in _work.GetConsumingEnumerable())
        {
            action();
        }
        _work.Dispose();
        _ended.TrySetResult();
    }

    private (NumericsFingerprint, double) Probe() => (NumericsFingerprint.Take(this), SpeedProbe.MeasureGflops(this));

    private void Open()
    {
        TorchRuntime.Load();
        lock (Probes)
        {
            // Counts for the calling thread, but a thread's first look takes the number that any thread set last: so it
            // looks now, before another device sets another.
            torch.set_num_threads(Threads);
            _ = torch.get_num_threads();
        }
        Native = torch.CPU;
        if (!IsCpu)
        {
            if (!torch.cuda.is_available() || Index >= torch.cuda.device_count())
            {
                throw new InvalidOperationException(
                    $"There is no device {Name} on this machine: CUDA devices found: "
                        + $"{(torch.cuda.is_available() ? torch.cuda.device_count() : 0)}. Use cpu:0, or a build with "
                        + "-p:Torch=cuda on a machine with an NVIDIA GPU."
                );
            }
            torch.InitializeDeviceType(DeviceType.CUDA);
            Native = new torch.Device(DeviceType.CUDA, Index);
        }
        // CPU devices of one process and thread count are alike: the first of them is probed.
        (_fingerprint, Gflops) = IsCpu ? Probes.GetOrAdd(Threads, _ => Probe()) : Probe();
    }
}
