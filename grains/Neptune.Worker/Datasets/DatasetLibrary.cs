using System.Collections.Concurrent;
using Neptune.Contracts;
using Neptune.Data;
using Neptune.Planning;

namespace Neptune.Worker;

/// <summary>Opens data sets once a process: the ranks of a silo share what is loaded. Safe for all threads.</summary>
internal sealed class DatasetLibrary(IArtifactStore artifacts) : IDisposable
{
    private readonly ConcurrentDictionary<(string Sha256, string Split), WeakReference<ISampleSource>> _open = [];
    private readonly SemaphoreSlim _gate = new(1);

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    /// <summary>A split's samples.</summary>
    /// <exception cref="InvalidInputException">The data set is missing, altered, or has no such split.</exception>
    public async Task<ISampleSource> OpenAsync(DatasetInfo info, string split, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            var key = (info.Sha256, split);
            if (_open.TryGetValue(key, out var known) && known.TryGetTarget(out var open))
            {
                return open;
            }
            var manifest = DatasetManifest.FromJson(await artifacts.ReadAsync(info.Sha256, cancellation));
            var source = await Dataset.OpenAsync(manifest, split, new ArtifactChunks(artifacts), cancellation);
            _open[key] = new(source);
            return source;
        }
        catch (Exception error) when (error is DatasetException or InvalidDataException)
        {
            throw new InvalidInputException($"Data set {info.Name}@{info.Version}: {error.Message}", error);
        }
        finally
        {
            _gate.Release();
        }
    }
}
