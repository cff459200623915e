using Microsoft.Extensions.Logging;
using Neptune.Client;
using Neptune.Hosting;

namespace Neptune.Cluster.Tests;

/// <summary>Starts real embedded clusters over folders that are removed afterwards.</summary>
public sealed class TemporaryCluster : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"neptune-test-{Guid.NewGuid():N}");

    public string Folder => _folder;

    public Task<NeptuneClient> StartAsync(
        int nodes = 2,
        TimeProvider? time = null,
        string faults = "",
        params IReadOnlyList<string> modules
    ) =>
        LocalCluster.StartAsync(
            new()
            {
                DataDirectory = _folder,
                Nodes = nodes,
                Faults = faults,
                ModuleFiles = modules,
                Time = time ?? TimeProvider.System,
                Logging = logging => logging.SetMinimumLevel(LogLevel.None),
            },
            TestContext.Current.CancellationToken
        );

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
