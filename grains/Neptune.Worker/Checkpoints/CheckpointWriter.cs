using System.Collections.Frozen;
using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Worker;

/// <summary>
/// Writes a job's checkpoints, one at a time: on the step's path the state is copied, and nothing else; pieces that
/// changed, and at last the manifest, are written behind the steps.
/// </summary>
/// <remarks>
/// A piece is left out only where the job's manifest before has it and it lies here: in a folder that silos do not
/// share, a checkpoint thus lies whole in the folder of whoever wrote it. Nobody else may write checkpoints of the job
/// meanwhile.
/// </remarks>
internal sealed class CheckpointWriter
{
    private const int PageFloats = 4096 / sizeof(float);

    private readonly byte[] _header;
    private readonly IArtifactStore _artifacts;
    private readonly int[] _lengths;
    private readonly float[][] _kept;
    private FrozenSet<string> _before = [];
    private int _isTaken;

    /// <summary>Makes the buffers for the copies.</summary>
    /// <param name="job">The job.</param>
    /// <param name="artifacts">Where checkpoints are kept.</param>
    /// <param name="lengths">Of the state's vectors.</param>
    /// <param name="part">Which part the buffers are for; a larger one would make them grow on the step's path.</param>
    public CheckpointWriter(JobId job, IArtifactStore artifacts, IEnumerable<int> lengths, StatePart part)
    {
        _header = StatePieces.HeaderOf(job);
        _artifacts = artifacts;
        _lengths = [.. lengths];
        _kept = [.. _lengths.Select(length => NewBuffer(length, part))];
    }

    /// <summary>Copies a state, or a part of it, on the calling thread.</summary>
    /// <returns>The copy, for whoever writes it and then disposes it; null while there is an earlier one.</returns>
    public CapturedState? TryCapture(OfferedState state, StatePart part)
    {
        if (Interlocked.Exchange(ref _isTaken, 1) != 0)
        {
            return null;
        }
        for (var v = 0; v < _lengths.Length; v++)
        {
            var (start, end) = part.Of(_lengths[v]);
            if (_kept[v].Length < end - start)
            {
                _kept[v] = NewBuffer(_lengths[v], part);
            }
            state.Vectors[v].Span[start..end].CopyTo(_kept[v]);
        }
        return new(state.Facts, part, _lengths, _kept, () => Volatile.Write(ref _isTaken, 0));
    }

    /// <summary>Writes a checkpoint of a whole state. Begins on another thread.</summary>
    /// <param name="captured">The copy; it stays the caller's.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="at">When it was copied.</param>
    /// <returns>Never fails for a failing disk: that is in the outcome.</returns>
    public async Task<CheckpointOutcome> WriteAsync(CapturedState captured, CheckpointOrigin origin, DateTimeOffset at)
    {
        try
        {
            var part = await WritePartAsync(captured);
            return await WriteManifestAsync(captured.Facts, origin, at, [part]);
        }
        catch (NeptuneException error)
        {
            return new() { Error = error };
        }
    }

    /// <summary>Writes the pieces of a part that the manifest before does not have. Begins on another thread.</summary>
    /// <exception cref="NeptuneException">They cannot be written; none is left.</exception>
    public Task<WrittenPart> WritePartAsync(CapturedState captured) => Task.Run(() => WriteChangedAsync(captured));

    /// <summary>Writes the manifest of a checkpoint whose parts are written.</summary>
    /// <exception cref="NeptuneException">It cannot be written; the given parts' new pieces are removed.</exception>
    public async Task<CheckpointOutcome> WriteManifestAsync(
        StateFacts facts,
        CheckpointOrigin origin,
        DateTimeOffset at,
        IReadOnlyList<WrittenPart> parts
    )
    {
        var manifest = ManifestOf(facts, origin, at, [.. parts.OrderBy(p => p.Part.Index)]);
        try
        {
            var json = CheckpointManifestJson.Write(manifest);
            var artifact = await _artifacts.WriteAsync(
                (target, token) => target.WriteAsync(json, token).AsTask(),
                CancellationToken.None
            );
            GoOnFrom(manifest);
            return new()
            {
                Entry = manifest.ToEntry(artifact),
                Manifest = manifest,
                PiecesWritten = parts.Sum(p => p.PiecesWritten),
            };
        }
        catch (NeptuneException)
        {
            await DropAsync(parts.SelectMany(p => p.Fresh));
            throw;
        }
    }

    /// <summary>
    /// The job's newest checkpoint, where this writer did not write it: the next one need not write its pieces.
    /// </summary>
    public void GoOnFrom(CheckpointManifest manifest) => _before = manifest.Pieces.ToFrozenSet(StringComparer.Ordinal);

    private async Task<WrittenPart> WriteChangedAsync(CapturedState captured)
    {
        var vectors = ImmutableArray.CreateBuilder<(int, ImmutableArray<(string, ulong)>)>(captured.Vectors);
        var written = new HashSet<string>(StringComparer.Ordinal);
        var fresh = ImmutableArray.CreateBuilder<string>();
        try
        {
            for (var v = 0; v < captured.Vectors; v++)
            {
                var values = captured[v];
                var pieces = ImmutableArray.CreateBuilder<(string, ulong)>();
                for (var at = 0; at < values.Length; at += StatePieces.Floats)
                {
                    var piece = values.Slice(at, Math.Min(StatePieces.Floats, values.Length - at));
                    var (name, digest) = Hash(piece);
                    pieces.Add((name, digest));
                    var isHere = _artifacts.Exists(name);
                    if (written.Contains(name) || (isHere && _before.Contains(name)))
                    {
                        continue;
                    }
                    if (!isHere)
                    {
                        fresh.Add(name);
                    }
                    await WriteAsync(name, piece);
                    written.Add(name);
                }
                vectors.Add((captured.LengthOf(v), pieces.ToImmutable()));
            }
        }
        catch
        {
            await DropAsync(fresh);
            throw;
        }
        return new()
        {
            Part = captured.Part,
            Vectors = vectors.ToImmutable(),
            PiecesWritten = written.Count,
            Fresh = fresh.ToImmutable(),
        };
    }

    private (string Name, ulong Digest) Hash(ReadOnlyMemory<float> piece)
    {
        var bytes = MemoryMarshal.AsBytes(piece.Span);
        return (StatePieces.NameOf(_header, bytes), XxHash3.HashToUInt64(bytes));
    }

    private async Task WriteAsync(string name, ReadOnlyMemory<float> piece)
    {
        var stored = await _artifacts.WriteAsync(
            (target, _) =>
            {
                target.Write(_header);
                target.Write(MemoryMarshal.AsBytes(piece.Span));
                return Task.CompletedTask;
            },
            CancellationToken.None
        );
        if (stored != name)
        {
            throw new NeptuneException(
                $"A piece of a checkpoint was {name} when it was hashed and {stored} when it was written: this "
                    + "machine's memory does not keep what it is given. Test it."
            );
        }
    }

    // What cannot be removed takes space, and harms nothing: no manifest names it.
    private async Task DropAsync(IEnumerable<string> pieces)
    {
        try
        {
            foreach (var piece in pieces)
            {
                await _artifacts.DeleteAsync(piece, CancellationToken.None);
            }
        }
        catch (NeptuneException)
        {
            // The error that led here matters more.
        }
    }

    private static CheckpointManifest ManifestOf(
        StateFacts facts,
        CheckpointOrigin origin,
        DateTimeOffset at,
        ImmutableArray<WrittenPart> parts
    )
    {
        if (
            !parts
                .Select(p => p.Part)
                .SequenceEqual(Enumerable.Range(0, parts.Length).Select(i => new StatePart(i, parts.Length)))
        )
        {
            throw new ArgumentException(
                $"These are no parts of one state: {string.Join(", ", parts.Select(p => p.Part))}.",
                nameof(parts)
            );
        }
        var vectors = parts[0]
            .Vectors.Select(
                (vector, v) =>
                    (vector.Length, Pieces: parts.SelectMany(part => part.Vectors[v].Pieces).ToImmutableArray())
            )
            .ToImmutableArray();
        return new()
        {
            Origin = origin,
            State = facts,
            At = at,
            Metric = CheckpointManifest.MetricOf(facts),
            Vectors = [.. vectors.Select(v => new VectorPieces(v.Length, [.. v.Pieces.Select(p => p.Name)]))],
            Digest = StatePieces.DigestOf(vectors.SelectMany(v => v.Pieces.Select(p => p.Digest))),
        };
    }

    // Touched page by page, or the first copy would do it on the step's path.
    private static float[] NewBuffer(int length, StatePart part)
    {
        var (start, end) = part.Of(length);
        var buffer = new float[end - start];
        for (var at = 0; at < buffer.Length; at += PageFloats)
        {
            buffer[at] = 0;
        }
        return buffer;
    }
}
