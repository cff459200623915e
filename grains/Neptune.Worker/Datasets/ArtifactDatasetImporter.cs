using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.Contracts;
using Neptune.Data;
using Neptune.Planning;
using DatasetImport = Neptune.Contracts.DatasetImport;

namespace Neptune.Worker;

/// <summary>Reads uploaded files out of the artifact store, and writes chunks and manifest into it.</summary>
public sealed class ArtifactDatasetImporter(IArtifactStore artifacts) : IDatasetImporter
{
    private const string Digits = "digits";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> BuiltIn { get; } = [Digits];

    /// <inheritdoc/>
    public async Task<DatasetInfo> ImportAsync(DatasetName name, DatasetImport import, CancellationToken cancellation)
    {
        var chunks = new ArtifactChunks(artifacts);
        foreach (var file in import.Files.Where(f => f.Artifact.Length > 0))
        {
            await artifacts.FetchAsync(file.Artifact, cancellation); // it may have been uploaded to another silo
        }
        try
        {
            var (manifest, skipped) = import.Format switch
            {
                Digits => (await Data.DatasetImport.DigitsAsync(chunks, cancellation), []),
                "idx" => (await IdxAsync(name, import, chunks, cancellation), []),
                "images" => await ImagesAsync(name, import, chunks, cancellation),
                "arrays" => (await ArraysAsync(name, import, chunks, cancellation), []),
                _ => throw new InvalidInputException(
                    $"There is no format '{import.Format}' of data. "
                        + ModelGraph.NearestNames.Offer(import.Format, ["digits", "idx", "images", "arrays"])
                ),
            };
            var json = manifest.ToJson();
            var sha256 = await artifacts.WriteAsync(
                (target, token) => target.WriteAsync(json, token).AsTask(),
                cancellation
            );
            return new()
            {
                Name = name,
                Version = 0,
                Sha256 = sha256,
                FeatureShape = [.. manifest.FeatureShape],
                Scale = manifest.Scale,
                Labels = [.. manifest.Labels],
                Splits = manifest.Splits.ToImmutableDictionary(s => s.Name, s => s.Count),
                Provenance = string.Join(
                    "; ",
                    new[] { manifest.Provenance.Source, manifest.Provenance.Licence }.Where(p => p.Length > 0)
                ),
                Skipped = skipped,
            };
        }
        catch (Exception error) when (error is DatasetException or InvalidDataException)
        {
            throw new InvalidInputException(error.Message, error);
        }
    }

    private Task<DatasetManifest> IdxAsync(
        DatasetName name,
        DatasetImport import,
        ArtifactChunks chunks,
        CancellationToken cancellation
    ) =>
        Data.DatasetImport.IdxAsync(
            import.Files.Select(f => new NamedStream(f.Name, () => artifacts.OpenRead(f.Artifact))),
            name.Value,
            ProvenanceOf(import),
            chunks,
            cancellation
        );

    private async Task<(DatasetManifest, ImmutableArray<string>)> ImagesAsync(
        DatasetName name,
        DatasetImport import,
        ArtifactChunks chunks,
        CancellationToken cancellation
    )
    {
        var files = ImageTree.Assign([
            .. import.Files.Select(f => new ImageTreeEntry(
                f.Name,
                f.Artifact.Length == 0 ? null : () => artifacts.OpenRead(f.Artifact)
            )),
        ]);
        var result = await Data.DatasetImport.ImageFolderAsync(
            files,
            new()
            {
                Name = name.Value,
                Height = import.Height,
                Width = import.Width,
                Channels = import.Channels,
                StopAtUnreadable = true,
                Provenance = ProvenanceOf(import),
            },
            chunks,
            cancellation
        );
        return (result.Manifest, [.. result.Skipped.Select(s => $"{s.Name}: {s.Reason}")]);
    }

    // Arrays come as files called SPLIT/features, SPLIT/classes and SPLIT/targets: raw little-endian elements.
    private async Task<DatasetManifest> ArraysAsync(
        DatasetName name,
        DatasetImport import,
        ArtifactChunks chunks,
        CancellationToken cancellation
    )
    {
        var splits = new List<ArraySplit>();
        foreach (var split in import.Files.GroupBy(f => f.Split, StringComparer.Ordinal))
        {
            var arrays = new ArraySplit(split.Key, ReadOnlyMemory<float>.Empty);
            foreach (var file in split)
            {
                var bytes = await artifacts.ReadAsync(file.Artifact, cancellation);
                arrays = file.Name switch
                {
                    "features" => arrays with { Features = MemoryMarshal.Cast<byte, float>(bytes).ToArray() },
                    "classes" => arrays with { Classes = MemoryMarshal.Cast<byte, long>(bytes).ToArray() },
                    "targets" => arrays with { Targets = MemoryMarshal.Cast<byte, float>(bytes).ToArray() },
                    _ => throw new InvalidInputException(
                        $"'{file.Name}' is no array of a data set: use features, classes or targets."
                    ),
                };
            }
            splits.Add(arrays);
        }
        return await Data.DatasetImport.ArraysAsync(
            new()
            {
                Name = name.Value,
                FeatureShape = import.FeatureShape,
                Labels = import.Labels,
                TargetWidth = import.TargetWidth,
                Splits = splits,
                Provenance = ProvenanceOf(import),
            },
            chunks,
            cancellation
        );
    }

    private static Provenance ProvenanceOf(DatasetImport import) =>
        import.Provenance.Length == 0 ? Provenance.Unknown : new(import.Provenance, "");
}
