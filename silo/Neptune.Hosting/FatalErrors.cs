namespace Neptune.Hosting;

/// <summary>
/// Takes what Orleans cannot go on after, such as that the others have declared this silo dead, and tells the program, which
/// must end. Orleans by itself would abort the process with a stack trace.
/// </summary>
internal sealed class FatalErrors : IFatalErrorHandler
{
    private readonly TaskCompletionSource<HostingException> _first = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    /// <summary>Ends with the first of them.</summary>
    public Task<HostingException> First => _first.Task;

    public bool IsUnexpected(Exception exception) => exception is not ThreadAbortException;

    public void OnFatalException(object? sender, string? context, Exception? exception) =>
        _first.TrySetResult(
            new(
                $"The silo cannot go on: {(exception?.Message ?? context ?? $"{sender}").TrimEnd('.')}. Start it again.",
                exception ?? new InvalidOperationException(context)
            )
        );
}
