using Neptune.Contracts;
using Neptune.Data;
using Neptune.Planning;

namespace Neptune.Worker;

/// <summary>Keeps a data set's chunks in the artifact store.</summary>
internal sealed class ArtifactChunks(IArtifactStore artifacts) : IChunkStore
{
    public Task<string> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        artifacts.WriteAsync((target, token) => target.WriteAsync(bytes, token).AsTask(), cancellation);

    public async Task<byte[]> ReadAsync(string sha256, CancellationToken cancellation)
    {
        try
        {
            return await artifacts.ReadAsync(sha256, cancellation);
        }
        catch (NeptuneException error)
        {
            throw new InvalidDataException($"A chunk of the data set cannot be read: {error.Message}", error);
        }
    }
}
