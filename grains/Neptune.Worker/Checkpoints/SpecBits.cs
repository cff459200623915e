using System.Security.Cryptography;
using System.Text.Json;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>
/// What of a job's spec the weights' bits depend on, besides graph and data set, which have hashes of their own. Not
/// Model, Nodes, LeastNodes, MixedNumerics, CheckEvery, CheckpointInterval, Retention, ResumeFrom, From, StopAtStep, Steps
/// and Verifies; nor InitialWeights, which a version holds already.
/// </summary>
internal sealed record SpecBits
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The data set's split.</summary>
    public required string Split { get; init; }

    /// <inheritdoc cref="JobSpec.Epochs"/>
    public required int Epochs { get; init; }

    /// <inheritdoc cref="JobSpec.ValidationSplit"/>
    public required double ValidationSplit { get; init; }

    /// <inheritdoc cref="JobSpec.Shuffle"/>
    public required bool Shuffle { get; init; }

    /// <inheritdoc cref="JobSpec.PerDeviceBatchSize"/>
    public required int PerDeviceBatchSize { get; init; }

    /// <inheritdoc cref="JobSpec.Shards"/>
    public required int Shards { get; init; }

    /// <inheritdoc cref="JobSpec.Seed"/>
    public required ulong Seed { get; init; }

    /// <summary>Those of a spec.</summary>
    public static SpecBits Of(JobSpec spec) =>
        new()
        {
            Split = spec.Dataset.Split,
            Epochs = spec.Epochs,
            ValidationSplit = spec.ValidationSplit,
            Shuffle = spec.Shuffle,
            PerDeviceBatchSize = spec.PerDeviceBatchSize,
            Shards = spec.Shards,
            Seed = spec.Seed,
        };

    /// <summary>The SHA-256 of all of it as JSON, in lower-case hex.</summary>
    public string Sha256() =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, Json)));

    /// <summary>What differs, for people: <c>shards is 4 there and 8 here</c>.</summary>
    public IEnumerable<string> DifferencesTo(SpecBits here)
    {
        var (there, now) = (
            JsonSerializer.SerializeToElement(this, Json),
            JsonSerializer.SerializeToElement(here, Json)
        );
        return from field in there.EnumerateObject()
            let other = now.GetProperty(field.Name)
            where field.Value.GetRawText() != other.GetRawText()
            select $"{field.Name} is {field.Value.GetRawText()} there and {other.GetRawText()} here";
    }
}
