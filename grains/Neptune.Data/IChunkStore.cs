namespace Neptune.Data;

/// <summary>Where chunks of data sets lie, named by the SHA-256 of their bytes (lower-case hex).</summary>
public interface IChunkStore
{
    /// <summary>Stores bytes and gives their name; storing equal bytes again changes nothing.</summary>
    Task<string> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>The bytes of that name, checked against it.</summary>
    /// <exception cref="InvalidDataException">They are missing or altered; the message names the chunk.</exception>
    Task<Chunk> OpenAsync(string sha256, CancellationToken cancellation);
}
