using System.Security.Cryptography;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Storage;

/// <summary>
/// Artifacts as files: <c>ab/cdef...</c> under one folder, named by the SHA-256 of their bytes. A file is written beside,
/// put on the disk and then renamed: under its name it is whole or not there. Safe for all threads.
/// </summary>
public sealed class ArtifactStore : IArtifactStore
{
    private const int HashLength = 64;
    private const string FetchingFolder = ".fetching";
    private const string PlaceFile = ".place";
    private readonly string _root;
    private readonly TemporaryFiles _temporary;
    private readonly Lazy<string> _place;

    /// <summary>Makes the folder where it is missing, and removes what a process of this machine left half-written.</summary>
    /// <param name="root">The folder; other processes, also of other machines, may use it too.</param>
    /// <exception cref="StorageException">It cannot be made or written.</exception>
    public ArtifactStore(string root)
    {
        _root = Path.GetFullPath(root);
        _temporary = new TemporaryFiles(_root);
        _place = new(ReadOrMakePlace);
        try
        {
            _temporary.Prepare();
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            throw DiskError.At(_root, e);
        }
    }

    /// <inheritdoc/>
    public string Place => _place.Value;

    /// <inheritdoc/>
    public async Task<string> WriteAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        var temporary = _temporary.NewPath();
        try
        {
            string sha256;
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                await using var hashing = new HashingStream(file);
                await write(hashing, cancellation).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
                sha256 = hashing.Sha256();
            }
            MoveInto(temporary, sha256);
            return sha256;
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            throw DiskError.At(_root, e);
        }
        finally
        {
            DeleteQuietly(temporary);
        }
    }

    /// <summary>Stores what is left of a stream; equal bytes are stored once.</summary>
    /// <exception cref="StorageException">There is no space or no right; nothing half-written is left.</exception>
    public Task<string> WriteAsync(Stream source, CancellationToken cancellation) =>
        WriteAsync((target, token) => source.CopyToAsync(target, token), cancellation);

    /// <summary>Stores bytes; equal ones are stored once.</summary>
    /// <exception cref="StorageException">There is no space or no right; nothing half-written is left.</exception>
    public Task<string> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        WriteAsync((target, token) => target.WriteAsync(bytes, token).AsTask(), cancellation);

    /// <inheritdoc/>
    public async Task<byte[]> ReadAsync(string sha256, CancellationToken cancellation)
    {
        var path = PathOf(sha256);
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(path, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            throw Unreadable(path, sha256, e);
        }
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != sha256)
            throw Altered(path, sha256);
        return bytes;
    }

    /// <inheritdoc/>
    public Task<string> FetchAsync(string sha256, CancellationToken cancellation)
    {
        var path = PathOf(sha256);
        return File.Exists(path)
            ? Task.FromResult(path)
            : Task.FromException<string>(Unreadable(path, sha256, new FileNotFoundException()));
    }

    /// <summary>Reads an artifact to its end and compares it with its name, without holding it in memory.</summary>
    /// <exception cref="NotFoundException">There is no such artifact.</exception>
    /// <exception cref="InvalidInputException">It was altered after it was written.</exception>
    public async Task VerifyAsync(string sha256, CancellationToken cancellation)
    {
        await using var file = OpenRead(sha256);
        var actual = await SHA256.HashDataAsync(file, cancellation).ConfigureAwait(false);
        if (Convert.ToHexStringLower(actual) != sha256)
            throw Altered(PathOf(sha256), sha256);
    }

    /// <inheritdoc/>
    public Stream OpenRead(string sha256)
    {
        var path = PathOf(sha256);
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            throw Unreadable(path, sha256, e);
        }
    }

    /// <inheritdoc/>
    public bool Exists(string sha256) => File.Exists(PathOf(sha256));

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">The name is no SHA-256 in lower-case hex.</exception>
    public string PathOf(string sha256)
    {
        if (sha256.Length != HashLength || !sha256.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f'))
        {
            throw new InvalidInputException(
                $"'{sha256}' names no artifact: a name is a SHA-256, {HashLength} lower-case hex digits."
            );
        }
        return Path.Combine(_root, sha256[..2], sha256[2..]);
    }

    /// <summary>The right to fetch an artifact into the folder; null where another process fetches it.</summary>
    internal IDisposable? TryLockFetch(string sha256)
    {
        var folder = Path.Combine(_root, FetchingFolder);
        try
        {
            Directory.CreateDirectory(folder);
            return FolderLock.TryTake(folder, shared: false, sha256);
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            throw DiskError.At(folder, e);
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string sha256, CancellationToken cancellation)
    {
        var path = PathOf(sha256);
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing with such a beginning was ever stored.
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            throw DiskError.At(path, e);
        }
        return Task.CompletedTask;
    }

    /// <summary>Removes an artifact that may as well stay.</summary>
    internal void Drop(string sha256) => DeleteQuietly(PathOf(sha256));

    // A name that the folder itself holds: processes of other machines that mount it read the same.
    private string ReadOrMakePlace()
    {
        var path = Path.Combine(_root, PlaceFile);
        try
        {
            if (!File.Exists(path))
            {
                var temporary = _temporary.NewPath();
                File.WriteAllText(temporary, Guid.NewGuid().ToString("N"));
                try
                {
                    File.Move(temporary, path, overwrite: false);
                }
                catch (IOException) when (File.Exists(path))
                {
                    File.Delete(temporary); // another process was first
                }
            }
            return File.ReadAllText(path);
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            throw DiskError.At(path, e);
        }
    }

    private void MoveInto(string temporary, string sha256)
    {
        var path = PathOf(sha256);
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            FolderSync.Flush(_root);
        }
        try
        {
            // Over an equal file, too: should that one have been altered, it is whole again.
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (DiskError.IsDiskError(e) && OperatingSystem.IsWindows() && File.Exists(path))
        {
            // Somebody reads the equal file that is there.
            return;
        }
        FolderSync.Flush(folder);
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            // The next start removes it; the error that led here matters more.
        }
    }

    private static Exception Unreadable(string path, string sha256, Exception e) =>
        e is FileNotFoundException or DirectoryNotFoundException
            ? new NotFoundException(
                $"Artifact {sha256} is missing: there is no file '{path}'. Restore it from a backup, or make it again.",
                e
            )
            : DiskError.At(path, e);

    private static InvalidInputException Altered(string path, string sha256) =>
        new(
            $"Artifact {sha256} was altered: the bytes of '{path}' have another SHA-256. Restore the file from a backup, "
                + "or delete it and make it again."
        );
}
