using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Neptune.Data.Tests;

/// <summary>Chunks in memory, under the rules of <see cref="IChunkStore"/>.</summary>
internal sealed class MemoryChunkStore : IChunkStore
{
    public ConcurrentDictionary<string, byte[]> Chunks { get; } = new();

    public Task<string> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        Chunks[name] = bytes.ToArray();
        return Task.FromResult(name);
    }

    public Task<Chunk> OpenAsync(string sha256, CancellationToken cancellation) =>
        Chunks.TryGetValue(sha256, out var bytes)
            ? Task.FromResult(Chunk.Of(bytes))
            : throw new InvalidDataException($"Chunk {sha256} is missing.");
}
