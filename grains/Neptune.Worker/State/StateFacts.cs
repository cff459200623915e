using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Worker;

/// <summary>What a rank's state is beside its vectors of numbers.</summary>
internal sealed record StateFacts
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>How far training got.</summary>
    public required TrainingPosition Position { get; init; }

    /// <summary>The steps that the optimizer counts.</summary>
    public required long OptimizerStep { get; init; }

    /// <summary>What the epochs so far reached.</summary>
    public required ImmutableArray<EpochReport> Epochs { get; init; }

    /// <summary>The sums of the epoch under way.</summary>
    public required EpochSums Sums { get; init; }

    /// <summary>The newest version that is known to be right.</summary>
    public TrainingVersion Verified { get; init; }

    /// <summary>The version that the next audit makes so.</summary>
    public TrainingVersion Mark { get; init; }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="JsonException">They are none.</exception>
    public static StateFacts Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<StateFacts>(json, Json) ?? throw new JsonException("The state's facts are null.");
}
