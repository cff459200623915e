using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Grains;

/// <summary>One upload or download; its key is made up by the client.</summary>
[GrainType("neptune.artifacts")]
internal sealed class ArtifactGrain(IArtifactStore artifacts) : Grain, IArtifactGrain
{
    private FileStream? _upload;

    public async Task AppendAsync(ReadOnlyMemory<byte> block)
    {
        _upload ??= new FileStream(
            Path.Combine(Path.GetTempPath(), $"neptune-upload-{Guid.NewGuid():N}"),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            }
        );
        await _upload.WriteAsync(block);
    }

    public async Task<string> CompleteAsync()
    {
        await using var upload = _upload ?? throw new InvalidInputException("The upload has no content.");
        _upload = null;
        upload.Position = 0;
        var artifact = await artifacts.WriteAsync(
            (target, cancellation) => upload.CopyToAsync(target, cancellation),
            CancellationToken.None
        );
        DeactivateOnIdle();
        return artifact;
    }

    public async Task<IReadOnlyList<string>> PutAsync(IReadOnlyList<ReadOnlyMemory<byte>> files)
    {
        var names = new List<string>(files.Count);
        foreach (var file in files)
        {
            names.Add(
                await artifacts.WriteAsync(
                    (target, cancellation) => target.WriteAsync(file, cancellation).AsTask(),
                    CancellationToken.None
                )
            );
        }
        return names;
    }

    public async Task<ReadOnlyMemory<byte>> ReadAsync(string artifact, long offset)
    {
        await artifacts.FetchAsync(artifact, CancellationToken.None);
        await using var source = artifacts.OpenRead(artifact);
        source.Position = Math.Min(offset, source.Length);
        var block = new byte[(int)Math.Min(IArtifactGrain.BlockBytes, source.Length - source.Position)];
        await source.ReadExactlyAsync(block);
        return block;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_upload is not null)
        {
            await _upload.DisposeAsync();
        }
    }
}
