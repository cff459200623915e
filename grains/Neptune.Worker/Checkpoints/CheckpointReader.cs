using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Worker;

/// <summary>Reads checkpoints, and believes nothing that it has not checked.</summary>
internal sealed class CheckpointReader(IArtifactStore artifacts)
{
    /// <summary>Reads a manifest.</summary>
    /// <exception cref="CheckpointDamagedException">It is missing, torn or altered.</exception>
    public async Task<CheckpointManifest> ReadManifestAsync(CheckpointEntry entry, CancellationToken cancellation)
    {
        try
        {
            await artifacts.FetchAsync(entry.Artifact, cancellation);
            await using var file = artifacts.OpenRead(entry.Artifact);
            if (file.Length > CheckpointManifestJson.MaximumBytes)
            {
                throw Damaged(entry, $"its manifest has {file.Length} bytes, which is no manifest");
            }
            var json = new byte[file.Length];
            await file.ReadExactlyAsync(json, cancellation);
            if (Convert.ToHexStringLower(SHA256.HashData(json)) != entry.Artifact)
            {
                throw Damaged(entry, $"its manifest was torn or altered: the {json.Length} bytes have another SHA-256");
            }
            var manifest = CheckpointManifestJson.Read(json);
            return manifest.Version == entry.Version
                ? manifest
                : throw Damaged(entry, $"its manifest is that of {manifest.Version}, epoch {manifest.Version.Epoch}");
        }
        catch (Exception error) when (IsOfStore(error))
        {
            throw Damaged(entry, $"its manifest: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>Fills a replica's vectors with a checkpoint's. Begins on another thread.</summary>
    /// <param name="entry">Which.</param>
    /// <param name="here">What the run needs that goes on from it.</param>
    /// <param name="into">Overwritten: whole where this succeeds, else with anything.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CheckpointDamagedException">Manifest or piece is missing, torn or altered.</exception>
    /// <exception cref="InvalidInputException">
    /// It is of another graph, data set or spec; the message says what differs. Nothing was overwritten.
    /// </exception>
    public Task<CheckpointManifest> LoadAsync(
        CheckpointEntry entry,
        CheckpointOrigin here,
        IReadOnlyList<Memory<float>> into,
        CancellationToken cancellation
    ) => Task.Run(() => LoadHereAsync(entry, here, into, cancellation), cancellation);

    /// <summary>Fills a replica's vectors with the newest checkpoint that is whole.</summary>
    /// <param name="candidates">Of one job, in any order.</param>
    /// <param name="here">What the run needs that goes on from it.</param>
    /// <param name="into">Overwritten: whole where one was found, else with anything.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidInputException">The checkpoints are of another graph, data set or spec.</exception>
    public async Task<NewestCheckpoint> NewestGoodAsync(
        IEnumerable<CheckpointEntry> candidates,
        CheckpointOrigin here,
        IReadOnlyList<Memory<float>> into,
        CancellationToken cancellation
    )
    {
        var skipped = new List<CheckpointDamagedException>();
        var newestFirst = candidates
            .OrderByDescending(c => c.Version.Step)
            .ThenByDescending(c => c.Version.Epoch)
            .ThenByDescending(c => c.At);
        foreach (var entry in newestFirst)
        {
            try
            {
                return new(entry, await LoadAsync(entry, here, into, cancellation), skipped);
            }
            catch (CheckpointDamagedException error)
            {
                skipped.Add(error);
            }
        }
        return new(null, null, skipped);
    }

    private async Task<CheckpointManifest> LoadHereAsync(
        CheckpointEntry entry,
        CheckpointOrigin here,
        IReadOnlyList<Memory<float>> into,
        CancellationToken cancellation
    )
    {
        var manifest = await ReadManifestAsync(entry, cancellation);
        if (manifest.Origin.DifferencesTo(here) is { Count: > 0 } differences)
        {
            throw new InvalidInputException(
                $"The checkpoint of {entry.Version} of job {manifest.Origin.Job} cannot be resumed here: "
                    + $"{string.Join("; ", differences)}. Use what it was written with, or fork from it."
            );
        }
        try
        {
            CheckpointManifestJson.RequireLengths(manifest, into);
        }
        catch (InvalidInputException error)
        {
            throw Damaged(entry, error.Message, error);
        }
        var header = StatePieces.HeaderOf(new(manifest.Origin.Job));
        var digests = new List<ulong>();
        for (var v = 0; v < into.Count; v++)
        {
            var pieces = manifest.Vectors[v].Pieces;
            for (var p = 0; p < pieces.Length; p++)
            {
                var start = p * StatePieces.Floats;
                var values = into[v].Slice(start, Math.Min(StatePieces.Floats, into[v].Length - start));
                var what = $"piece {p} of vector {v} ({pieces[p]})";
                await ReadPieceAsync(entry, what, pieces[p], header, values, cancellation);
            }
        }
        foreach (var vector in into)
        {
            digests.AddRange(DigestsOf(vector));
        }
        return StatePieces.DigestOf(digests) == manifest.Digest
            ? manifest
            : throw Damaged(entry, "its pieces are whole, but together have another digest than the manifest says");
    }

    private async Task ReadPieceAsync(
        CheckpointEntry entry,
        string what,
        string name,
        ReadOnlyMemory<byte> header,
        Memory<float> into,
        CancellationToken cancellation
    )
    {
        try
        {
            await artifacts.FetchAsync(name, cancellation);
            await using var file = artifacts.OpenRead(name);
            var expected = header.Length + ((long)into.Length * sizeof(float));
            if (file.Length != expected)
            {
                throw Damaged(entry, $"{what} was torn or altered: it has {file.Length} bytes in place of {expected}");
            }
            var begins = new byte[header.Length];
            file.ReadExactly(begins);
            file.ReadExactly(MemoryMarshal.AsBytes(into.Span));
            if (StatePieces.NameOf(begins, MemoryMarshal.AsBytes(into.Span)) != name)
            {
                throw Damaged(entry, $"{what} was altered: its {expected} bytes have another SHA-256");
            }
            if (!begins.AsSpan().SequenceEqual(header.Span))
            {
                throw Damaged(entry, $"{what} is another job's");
            }
        }
        catch (Exception error) when (IsOfStore(error))
        {
            throw Damaged(entry, $"{what}: {error.Message.TrimEnd('.')}", error);
        }
    }

    private static IEnumerable<ulong> DigestsOf(ReadOnlyMemory<float> vector)
    {
        for (var at = 0; at < vector.Length; at += StatePieces.Floats)
        {
            var piece = vector.Span.Slice(at, Math.Min(StatePieces.Floats, vector.Length - at));
            yield return XxHash3.HashToUInt64(MemoryMarshal.AsBytes(piece));
        }
    }

    private static bool IsOfStore(Exception error) =>
        error is NeptuneException or IOException or UnauthorizedAccessException;

    private static CheckpointDamagedException Damaged(CheckpointEntry entry, string what, Exception? inner = null) =>
        new(entry, what, isLasting: inner is null or NotFoundException or InvalidInputException, inner);
}
