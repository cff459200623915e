namespace Neptune.Cli.Tests;

/// <summary>A data folder on which a full quickstart with one node ran: read by many tests, changed by none.</summary>
public sealed class TrainedCluster : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    internal string Path => _folder.Path;

    internal NeptuneProcess.Ended Quickstart { get; private set; } = null!;

    /// <summary>A test digit's picture, and what it is.</summary>
    internal (string Path, string Truth) Digit
    {
        get
        {
            var path = Directory.GetFiles(System.IO.Path.Combine(Path, "downloads", "digits")).Single();
            return (path, System.IO.Path.GetFileNameWithoutExtension(path)[^1..]);
        }
    }

    public async ValueTask InitializeAsync() =>
        Quickstart = (await NeptuneProcess.RunAsync(Path, "quickstart", "--json", "--nodes", "1")).Succeeded();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => _folder.Dispose();
}
