using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Neptune.Data;

/// <summary>
/// What a data set is and which chunks hold it. Equal input gives an equal manifest, and the SHA-256 of its JSON is the
/// data set's identity.
/// </summary>
public sealed record DatasetManifest
{
    /// <summary>The format that this version writes.</summary>
    public const int CurrentFormatVersion = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private string? _sha256;

    /// <summary>The format of this manifest and its chunks.</summary>
    [JsonPropertyOrder(-1)]
    public int FormatVersion { get; init; } = CurrentFormatVersion;

    /// <summary>What people call the data set.</summary>
    public required string Name { get; init; }

    /// <summary>The shape of one sample's features: <c>[height, width, channels]</c> for images.</summary>
    public required IReadOnlyList<long> FeatureShape { get; init; }

    /// <summary>How a feature is stored.</summary>
    public required ElementType ElementType { get; init; }

    /// <summary>Stored features are multiplied by this to be what a model sees.</summary>
    public required float Scale { get; init; }

    /// <summary>The names of the classes, in order; empty where targets are no classes.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The number of values in a target that is no class; 0 for classes.</summary>
    public required int TargetWidth { get; init; }

    /// <summary>The splits, sorted by name.</summary>
    public required IReadOnlyList<SplitManifest> Splits { get; init; }

    /// <summary>Where the data set comes from.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>The data set's identity: SHA-256 of <see cref="ToJson"/>, lower-case hex.</summary>
    [JsonIgnore]
    public string Sha256 => _sha256 ??= Convert.ToHexStringLower(SHA256.HashData(ToJson()));

    /// <summary>The number of features of one sample.</summary>
    [JsonIgnore]
    public int FeatureCount => ManifestCheck.FeatureCount(FeatureShape);

    /// <summary>The split of that name.</summary>
    /// <exception cref="DatasetException">There is none; the message lists those there are.</exception>
    public SplitManifest Split(string name) =>
        Splits.FirstOrDefault(split => split.Name == name)
        ?? throw new DatasetException(
            $"Data set '{Name}' has no split '{name}'. It has: {string.Join(", ", Splits.Select(s => s.Name))}."
        );

    /// <summary>UTF-8 JSON; the same bytes for equal manifests.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads and checks a manifest.</summary>
    /// <exception cref="DatasetException">It is no manifest, is newer than this version, or contradicts itself.</exception>
    public static DatasetManifest FromJson(ReadOnlySpan<byte> json)
    {
        DatasetManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<DatasetManifest>(json, Json);
        }
        catch (JsonException e)
        {
            throw new DatasetException(
                $"This is no data set manifest of format {CurrentFormatVersion}: {e.Message} Import the data set again.",
                e
            );
        }
        if (manifest is null)
            throw new DatasetException("This is no data set manifest, but null. Import the data set again.");
        ManifestCheck.Check(manifest);
        return manifest;
    }
}
