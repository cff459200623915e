using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>What a checkpoint consists of. It is written last: where it is, all its pieces were on the disk.</summary>
internal sealed record CheckpointManifest
{
    /// <summary>The format that this Neptune writes, and the newest that it reads.</summary>
    public const int CurrentFormat = 2;

    /// <summary>The version of the file format.</summary>
    public int FormatVersion { get; init; } = CurrentFormat;

    /// <summary>Where it comes from.</summary>
    public required CheckpointOrigin Origin { get; init; }

    /// <summary>The state beside its vectors.</summary>
    public required StateFacts State { get; init; }

    /// <summary>When the state was copied.</summary>
    public required DateTimeOffset At { get; init; }

    /// <inheritdoc cref="CheckpointEntry.Metric"/>
    public required double? Metric { get; init; }

    /// <summary>The state's vectors in order.</summary>
    public required ImmutableArray<VectorPieces> Vectors { get; init; }

    /// <summary>The whole state's digest (see <see cref="StatePieces.DigestOf"/>).</summary>
    public required string Digest { get; init; }

    /// <summary>What the state contains.</summary>
    [JsonIgnore]
    public TrainingVersion Version => new(State.Position.Step, State.Position.Epoch);

    /// <summary>The names of all its files but its own.</summary>
    [JsonIgnore]
    public IEnumerable<string> Pieces => Vectors.SelectMany(vector => vector.Pieces);

    /// <summary>The line of the job's list for it.</summary>
    public CheckpointEntry ToEntry(string artifact) =>
        new()
        {
            Version = Version,
            Artifact = artifact,
            At = At,
            Metric = Metric,
            SizeBytes = Vectors.Sum(vector => (long)vector.Length * sizeof(float)),
        };

    /// <summary>What the epoch that ended with a state reached; null where none ended with it.</summary>
    public static double? MetricOf(StateFacts state) =>
        state.Position.StepInEpoch == 0 && state.Epochs is [.., var last] && last.Epoch == state.Position.Epoch
            ? last.ValidationLoss ?? last.Loss
            : null;
}
