using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Neptune.Silo;

/// <summary>Turns the first SIGTERM or SIGINT into a request to end; the second ends the process at once.</summary>
internal sealed class EndingSignal : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public EndingSignal()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    /// <summary>Is cancelled at the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Ends at the first signal.</summary>
    public Task Task => _asked.Task;

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
        if (!_asked.TrySetResult())
        {
            // Not Environment.Exit: it would wait for the shutdown, which may be what hangs.
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }
        _source.Cancel();
    }
}
