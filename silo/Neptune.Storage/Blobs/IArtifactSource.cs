namespace Neptune.Storage;

/// <summary>Where artifacts may be that are not here: other silos' folders.</summary>
public interface IArtifactSource
{
    /// <summary>Copies an artifact's bytes to a stream; they are not checked.</summary>
    /// <param name="sha256">Its name.</param>
    /// <param name="target">Receives the bytes.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Who gave it; null where nobody has it, and nothing was written.</returns>
    /// <exception cref="StorageException">Whoever may have it cannot be reached, or stopped half way; the message names it.</exception>
    /// <exception cref="IOException">The target cannot be written.</exception>
    Task<string?> CopyAsync(string sha256, Stream target, CancellationToken cancellation);
}
