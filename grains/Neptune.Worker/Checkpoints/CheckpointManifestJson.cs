using System.Text.Json;
using System.Text.Json.Serialization;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>The JSON of a <see cref="CheckpointManifest"/>, read strictly.</summary>
internal static class CheckpointManifestJson
{
    /// <summary>More than a state of 200 GiB needs.</summary>
    public const int MaximumBytes = 1 << 24;

    private const int MaximumDepth = 8;
    private const int MaximumVectors = 64;
    private const int HashLength = 64;
    private const int DigestLength = 16;
    private static readonly JsonDocumentOptions Document = new()
    {
        MaxDepth = MaximumDepth,
        AllowDuplicateProperties = false,
    };

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        MaxDepth = MaximumDepth,
    };

    /// <summary>Writes.</summary>
    public static byte[] Write(CheckpointManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, Json);

    /// <summary>Reads and checks all that can be checked without the pieces.</summary>
    /// <exception cref="InvalidInputException">
    /// It is none, or of a later format; the message says what is wrong.
    /// </exception>
    public static CheckpointManifest Read(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaximumBytes)
        {
            throw Bad($"the manifest has {json.Length} bytes, and at most {MaximumBytes} are read");
        }
        try
        {
            using var document = JsonDocument.Parse(json, Document);
            RequireFormat(document.RootElement);
            var manifest =
                document.RootElement.Deserialize<CheckpointManifest>(Json) ?? throw Bad("the manifest is null");
            Check(manifest);
            return manifest;
        }
        // System.Text.Json reports a text that is not Unicode by the latter.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException($"the manifest cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Throws unless a manifest's vectors are those of a replica.</summary>
    /// <exception cref="InvalidInputException">They are not; the message says which.</exception>
    public static void RequireLengths(CheckpointManifest manifest, IReadOnlyList<Memory<float>> vectors)
    {
        if (manifest.Vectors.Length != vectors.Count)
        {
            throw Bad($"the manifest has {manifest.Vectors.Length} vectors, and the replica {vectors.Count}");
        }
        for (var v = 0; v < vectors.Count; v++)
        {
            if (manifest.Vectors[v].Length != vectors[v].Length)
            {
                throw Bad(
                    $"vector {v} has {manifest.Vectors[v].Length} values in the manifest, and {vectors[v].Length} in "
                        + "the replica"
                );
            }
        }
    }

    // Before all else: a later version may have fields that this one cannot know.
    private static void RequireFormat(JsonElement root)
    {
        if (
            root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("formatVersion", out var field)
            || field.ValueKind != JsonValueKind.Number
            || !field.TryGetInt32(out var version)
        )
        {
            throw Bad("the manifest has no format version");
        }
        if (version is < 1 or > CheckpointManifest.CurrentFormat)
        {
            throw Bad(
                $"the manifest has format version {version}, and this Neptune reads 1 to "
                    + $"{CheckpointManifest.CurrentFormat}"
            );
        }
    }

    private static void Check(CheckpointManifest manifest)
    {
        var (origin, state) = (manifest.Origin, manifest.State);
        RequireHash("origin.graphSha256", origin.GraphSha256, HashLength);
        RequireHash("origin.datasetSha256", origin.DatasetSha256, HashLength);
        RequireHash("digest", manifest.Digest, DigestLength);
        if (origin.SpecSha256 != origin.Spec.Sha256())
        {
            throw Bad("origin.specSha256 is not the SHA-256 of origin.spec");
        }
        _ = JobOf(origin);
        RequireCount("origin.attempt", origin.Attempt);
        RequireCount("origin.generation", origin.Generation);
        RequireCount("state.position.step", state.Position.Step);
        RequireCount("state.position.epoch", state.Position.Epoch);
        RequireCount("state.position.stepInEpoch", state.Position.StepInEpoch);
        RequireCount("state.optimizerStep", state.OptimizerStep);
        RequireCount("state.sums.count", state.Sums.Count);
        RequireCount("state.sums.correct", state.Sums.Correct);
        if (state.Sums.Metrics.IsDefault)
        {
            throw Bad("state.sums.metrics is null");
        }
        if (state.Epochs.IsDefault || state.Epochs.Any(epoch => epoch is null))
        {
            throw Bad("state.epochs has an entry that is null");
        }
        if (manifest.Vectors.IsDefault || manifest.Vectors.Length > MaximumVectors)
        {
            throw Bad($"vectors must be a list of at most {MaximumVectors}");
        }
        for (var v = 0; v < manifest.Vectors.Length; v++)
        {
            CheckVector(v, manifest.Vectors[v]);
        }
    }

    private static void CheckVector(int v, VectorPieces? vector)
    {
        if (vector is null || vector.Pieces.IsDefault)
        {
            throw Bad($"vectors[{v}] is null");
        }
        RequireCount($"vectors[{v}].length", vector.Length);
        if (vector.Pieces.Length != StatePieces.CountOf(vector.Length))
        {
            throw Bad(
                $"vectors[{v}] has {vector.Pieces.Length} pieces, and {vector.Length} values have "
                    + $"{StatePieces.CountOf(vector.Length)}"
            );
        }
        for (var p = 0; p < vector.Pieces.Length; p++)
        {
            RequireHash($"vectors[{v}].pieces[{p}]", vector.Pieces[p], HashLength);
        }
    }

    private static JobId JobOf(CheckpointOrigin origin)
    {
        try
        {
            return new(origin.Job);
        }
        catch (ArgumentException error)
        {
            throw new InvalidInputException($"origin.job: {error.Message}", error);
        }
    }

    private static void RequireHash(string field, string? value, int length)
    {
        if (value?.Length != length || !value.All(char.IsAsciiHexDigitLower))
        {
            throw Bad($"{field} must be {length} lower-case hex digits");
        }
    }

    private static void RequireCount(string field, long value)
    {
        if (value < 0)
        {
            throw Bad($"{field} is {value}, and must not be below 0");
        }
    }

    private static InvalidInputException Bad(string what) => new(what);
}
