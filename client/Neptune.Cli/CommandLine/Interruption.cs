using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Neptune.Cli;

/// <summary>Turns the first Ctrl-C (or SIGTERM) into a cancellation; the second one ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly Action _told;
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public Interruption(Action told)
    {
        _told = told;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested)
        {
            // Not Environment.Exit: it would wait for the cluster's shutdown, which may be what hangs. Whatever is
            // half written is not there for the next process.
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }
        _told();
        _source.Cancel();
    }
}
