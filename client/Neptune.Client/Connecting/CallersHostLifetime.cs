using Microsoft.Extensions.Hosting;

namespace Neptune.Client;

/// <summary>
/// Leaves signals to the program that the host lives in: the default lifetime would swallow its Ctrl-C.
/// </summary>
public sealed class CallersHostLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
