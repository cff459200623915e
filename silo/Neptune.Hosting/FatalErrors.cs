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
                $"The silo cannot go on: {Reason(exception?.Message ?? context ?? $"{sender}")}. Start it again.",
                exception ?? new InvalidOperationException(context)
            )
        );

    private static string Reason(string message) =>
        message.Contains("told I am dead", StringComparison.Ordinal)
            ? "the others have declared it dead, for it did not answer them for some seconds; its machine was suspended or "
                + "overloaded, or the network was cut"
            : message.TrimEnd('.');
}
