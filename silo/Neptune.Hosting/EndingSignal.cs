using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Neptune.Hosting;

/// <summary>
/// For programs that run a cluster: turns the first SIGINT (Ctrl-C) or SIGTERM into a request to end; the second ends the
/// process at once, and whatever is half written is not there for the next process.
/// </summary>
public sealed class EndingSignal : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action? _told;
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private int _signals;

    /// <summary>Listens until it is disposed.</summary>
    /// <param name="told">Called at the first signal, before <see cref="Token"/> is cancelled.</param>
    public EndingSignal(Action? told = null)
    {
        _told = told;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    /// <summary>Is cancelled at the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Ends at the first signal.</summary>
    public Task Asked => _asked.Task;

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
        {
            // Not Environment.Exit: it would wait for the cluster's shutdown, which may be what hangs.
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }
        _told?.Invoke();
        _source.Cancel();
        _asked.TrySetResult();
    }
}
