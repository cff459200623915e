namespace Neptune.Contracts;

/// <summary>Moves files between a client and the artifact store, in blocks of at most <see cref="BlockBytes"/>.</summary>
[Alias("neptune.artifacts")]
public interface IArtifactGrain : IGrainWithStringKey
{
    /// <summary>The most bytes in one call: a bigger one would delay the small calls of others.</summary>
    const int BlockBytes = 1 << 20;

    /// <summary>Appends a block to this grain's upload.</summary>
    [Alias("append")]
    Task AppendAsync(ReadOnlyMemory<byte> block);

    /// <summary>Ends the upload and gives the SHA-256 by which the artifact is found.</summary>
    [Alias("complete")]
    Task<string> CompleteAsync();

    /// <summary>Stores whole small files, and gives their SHA-256 in order.</summary>
    [Alias("put")]
    Task<IReadOnlyList<string>> PutAsync(IReadOnlyList<ReadOnlyMemory<byte>> files);

    /// <summary>A block of an artifact; empty at its end.</summary>
    /// <exception cref="NotFoundException">There is no such artifact.</exception>
    [Alias("read")]
    Task<ReadOnlyMemory<byte>> ReadAsync(string artifact, long offset);
}
