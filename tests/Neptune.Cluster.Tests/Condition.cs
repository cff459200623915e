namespace Neptune.Cluster.Tests;

/// <summary>Waits for what comes by itself.</summary>
internal static class Condition
{
    /// <summary>Asks until it is so, for a minute at most.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await isSo())
        {
            timeout.Token.ThrowIfCancellationRequested();
        }
    }
}
