using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>Immutable files named by the SHA-256 of their bytes (lower-case hex).</summary>
public interface IArtifactStore
{
    /// <summary>Equal for stores that hold the same artifacts: silos that share a folder need not fetch from each other.</summary>
    string Place { get; }

    /// <summary>Stores what <paramref name="write"/> writes; equal bytes are stored once.</summary>
    /// <exception cref="NeptuneException">There is no space or no right; nothing half-written is left.</exception>
    Task<string> WriteAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancellation);

    /// <summary>The bytes, checked against their name.</summary>
    /// <exception cref="NotFoundException">There is no such artifact.</exception>
    /// <exception cref="InvalidInputException">It was altered after it was written.</exception>
    Task<byte[]> ReadAsync(string sha256, CancellationToken cancellation);

    /// <summary>Brings an artifact to this machine where it is not here yet, and gives its file's path.</summary>
    /// <exception cref="NotFoundException">Nobody has it.</exception>
    Task<string> FetchAsync(string sha256, CancellationToken cancellation);

    /// <summary>Opens an artifact that is here (see <see cref="FetchAsync"/>) to be read in parts; it is not checked.</summary>
    /// <exception cref="NotFoundException">There is no such artifact here.</exception>
    Stream OpenRead(string sha256);

    /// <summary>True where the artifact is here, on this machine or in the folder that it shares.</summary>
    bool Exists(string sha256);

    /// <summary>
    /// Removes an artifact from this store; nothing happens where it is not here. Copies that other silos have in folders of
    /// their own stay. Only whoever alone names an artifact may remove it: the store counts no users.
    /// </summary>
    /// <exception cref="NeptuneException">There is no right; the message names the file.</exception>
    Task DeleteAsync(string sha256, CancellationToken cancellation);

    /// <summary>Where the file lies, or would lie, on this machine.</summary>
    string PathOf(string sha256);
}
