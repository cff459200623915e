using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>How a job trains, whatever its model.</summary>
public sealed record FitOptions
{
    /// <summary>Passes over the data.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Optimizer steps in all, in place of <see cref="Epochs"/>: the last epoch may end early. Null takes those.</summary>
    public long? Steps { get; init; }

    /// <summary>The share of the samples, in [0, 1), that validates after each epoch.</summary>
    public double ValidationSplit { get; init; }

    /// <summary>True draws a new order of the samples for each epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Samples per gradient shard.</summary>
    public int PerDeviceBatchSize { get; init; } = 16;

    /// <summary>Gradient shards per step: the global batch is shards times the per-device batch.</summary>
    public int Shards { get; init; } = 4;

    /// <summary>Samples per step.</summary>
    public int GlobalBatchSize => checked(Shards * PerDeviceBatchSize);

    /// <summary>Of weights, splits, order and dropout.</summary>
    public ulong Seed { get; init; }

    /// <summary>How many nodes to use; null uses all. The weights' bits do not depend on it.</summary>
    public int? Nodes { get; init; }

    /// <summary>How many nodes to begin with at least; null begins with all.</summary>
    public int? LeastNodes { get; init; }

    /// <summary>True lets nodes of unlike numerics work together.</summary>
    public bool MixedNumerics { get; init; }

    /// <summary>The registry's name for the result; null takes the model's.</summary>
    public string? Name { get; init; }

    /// <summary>Which checkpoints are kept; null keeps the last three and the best.</summary>
    public CheckpointRetention? Retention { get; init; }

    /// <summary>The least time between checkpoints; null is 10 s.</summary>
    public TimeSpan? CheckpointInterval { get; init; }

    internal JobSpec ToSpec(string graphJson, DatasetView data, int nodes, string name)
    {
        var spec = new JobSpec
        {
            TrainingGraphJson = graphJson,
            Dataset = data.Ref,
            Epochs = Epochs,
            ValidationSplit = ValidationSplit,
            Shuffle = Shuffle,
            PerDeviceBatchSize = PerDeviceBatchSize,
            Shards = Shards,
            Seed = Seed,
            Nodes = nodes,
            MixedNumerics = MixedNumerics,
            LeastNodes = LeastNodes,
            Model = new(Name ?? name),
        };
        spec = Steps is { } steps ? spec.WithSteps(steps, data.Info.Splits.GetValueOrDefault(data.Ref.Split)) : spec;
        return spec with
        {
            Retention = Retention ?? spec.Retention,
            CheckpointInterval = CheckpointInterval ?? spec.CheckpointInterval,
        };
    }
}
