using System.Security.Cryptography;
using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>Moves files to and from the cluster's artifact store.</summary>
public sealed class ArtifactClient
{
    private readonly IGrainFactory _grains;

    internal ArtifactClient(IGrainFactory grains) => _grains = grains;

    /// <summary>Stores files, small ones many at a time.</summary>
    /// <param name="files">What they are called in errors, and where they lie.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    /// <returns>Their SHA-256 in order.</returns>
    public async Task<IReadOnlyList<string>> UploadFilesAsync(
        IReadOnlyList<string> files,
        CancellationToken cancellation = default
    )
    {
        var names = new List<string>(files.Count);
        var block = new List<ReadOnlyMemory<byte>>();
        var blockBytes = 0L;
        foreach (var file in files)
        {
            var bytes = await LocalFiles.ReadAsync(file, cancellation);
            if (blockBytes + bytes.Length > IArtifactGrain.BlockBytes)
            {
                await FlushAsync();
            }
            if (bytes.Length > IArtifactGrain.BlockBytes)
            {
                names.Add(await UploadAsync(bytes, cancellation));
                continue;
            }
            block.Add(bytes);
            blockBytes += bytes.Length;
        }
        await FlushAsync();
        return names;

        async Task FlushAsync()
        {
            if (block.Count > 0)
            {
                names.AddRange(await NewGrain().PutAsync(block));
                block = [];
                blockBytes = 0;
            }
        }
    }

    /// <summary>Stores bytes.</summary>
    /// <returns>Their SHA-256, in hex.</returns>
    /// <exception cref="ConflictException">The silo that took them ended half way; the message says what to do.</exception>
    public async Task<string> UploadAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default)
    {
        var grain = NewGrain();
        for (var start = 0; start == 0 || start < bytes.Length; start += IArtifactGrain.BlockBytes)
        {
            cancellation.ThrowIfCancellationRequested();
            await grain.AppendAsync(bytes.Slice(start, Math.Min(IArtifactGrain.BlockBytes, bytes.Length - start)));
        }
        var artifact = await grain.CompleteAsync();
        // Another silo that took the upload over has only what came after.
        return artifact == Convert.ToHexStringLower(SHA256.HashData(bytes.Span))
            ? artifact
            : throw new ConflictException(
                "The upload was cut off: the silo that took it ended half way. Upload it again."
            );
    }

    /// <summary>Fetches an artifact.</summary>
    /// <exception cref="NotFoundException">There is no such artifact.</exception>
    public async Task DownloadAsync(string artifact, Stream target, CancellationToken cancellation = default)
    {
        var grain = NewGrain();
        var offset = 0L;
        while (true)
        {
            var block = await grain.ReadAsync(artifact, offset);
            if (block.IsEmpty)
            {
                return;
            }
            await target.WriteAsync(block, cancellation);
            offset += block.Length;
        }
    }

    private IArtifactGrain NewGrain() => _grains.GetGrain<IArtifactGrain>(Guid.NewGuid().ToString("N"));
}
