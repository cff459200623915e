using System.Security.Cryptography;
using Neptune.Contracts;
using Neptune.Data;
using Neptune.Planning;

namespace Neptune.Worker;

/// <summary>Keeps a data set's chunks in the artifact store.</summary>
internal sealed class ArtifactChunks(IArtifactStore artifacts) : IChunkStore
{
    public Task<string> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        artifacts.WriteAsync((target, token) => target.WriteAsync(bytes, token).AsTask(), cancellation);

    public async Task<Chunk> OpenAsync(string sha256, CancellationToken cancellation)
    {
        try
        {
            return Checked(sha256, Chunk.Map(await artifacts.FetchAsync(sha256, cancellation)));
        }
        catch (Exception error) when (error is NeptuneException or IOException)
        {
            throw new InvalidDataException($"A chunk of the data set cannot be read: {error.Message}", error);
        }
    }

    private static Chunk Checked(string sha256, Chunk chunk) =>
        Convert.ToHexStringLower(SHA256.HashData(chunk.Bytes)) == sha256
            ? chunk
            : throw new InvalidDataException(
                $"Chunk {sha256} of the data set was altered: its bytes have another SHA-256. Import the data set again."
            );
}
