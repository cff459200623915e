namespace Neptune.Contracts;

/// <summary>
/// What to train: all that the weights' bits depend on, besides the numerics of the nodes, and how many nodes to use,
/// on which they do not depend.
/// </summary>
[GenerateSerializer, Immutable, Alias("neptune.job-spec")]
public sealed record JobSpec
{
    /// <summary>The training graph as JSON (format of Neptune.ModelGraph).</summary>
    [Id(0)]
    public required string TrainingGraphJson { get; init; }

    /// <summary>The samples to train on.</summary>
    [Id(1)]
    public required DatasetRef Dataset { get; init; }

    /// <summary>Passes over the data.</summary>
    [Id(2)]
    public int Epochs { get; init; } = 1;

    /// <summary>The share of the samples, in [0, 1), set aside for validation after each epoch.</summary>
    [Id(3)]
    public double ValidationSplit { get; init; }

    /// <summary>True draws a new order of the samples for each epoch, by the seed.</summary>
    [Id(4)]
    public bool Shuffle { get; init; } = true;

    /// <summary>Samples per gradient shard.</summary>
    [Id(5)]
    public int PerDeviceBatchSize { get; init; } = 16;

    /// <summary>S, the gradient shards of one step; the global batch is S times the per-device batch.</summary>
    [Id(6)]
    public int Shards { get; init; } = 4;

    /// <summary>The seed of weights, splits, order and dropout.</summary>
    [Id(7)]
    public ulong Seed { get; init; }

    /// <summary>How many nodes to use; the bits of the result do not depend on it.</summary>
    [Id(8)]
    public int Nodes { get; init; } = 1;

    /// <summary>The registry's name for what is trained.</summary>
    [Id(9)]
    public required ModelName Model { get; init; }

    /// <summary>The artifact of a training package to go on from; null starts anew.</summary>
    [Id(10)]
    public string? ResumeFrom { get; init; }

    /// <summary>
    /// The least time between checkpoints, which are taken after any step, and between packages, which are taken at
    /// epochs' ends. A checkpoint at an epoch's end, whose metric is known, is taken after half of it already.
    /// </summary>
    [Id(11)]
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// True lets the job run on nodes of unlike numerics: its weights' bits are then those of this cut into nodes only.
    /// </summary>
    [Id(12)]
    public bool MixedNumerics { get; init; }

    /// <summary>
    /// The step after which training stops, as if it were cancelled then: to have the weights of any moment again. Null goes
    /// on to the last epoch's end.
    /// </summary>
    [Id(13)]
    public long? StopAtStep { get; init; }

    /// <summary>Which checkpoints are kept.</summary>
    [Id(14)]
    public CheckpointRetention Retention { get; init; } = new();

    /// <summary>The version of another job to start from; null starts anew.</summary>
    [Id(15)]
    public JobOrigin? From { get; init; }

    /// <summary>
    /// The job whose result this one is compared with. It trains as any other, and gives a package, but no version in
    /// the registry. Null for all others.
    /// </summary>
    [Id(16)]
    public JobId? Verifies { get; init; }

    /// <summary>
    /// How many nodes the job begins with at least; it takes up to <see cref="Nodes"/> as they get free. Null needs all of them
    /// to begin, and one to go on.
    /// </summary>
    [Id(21)]
    public int? LeastNodes { get; init; }

    /// <summary>
    /// Each so many steps every rank computes a shard of another one again, and all of the replicas' state has been compared
    /// once; 0 checks nothing. It costs about 1/(this times the shards of a rank) of the computation.
    /// </summary>
    [Id(20)]
    public int CheckEvery { get; init; } = 100;

    /// <summary>
    /// The artifact of a training package whose weights training begins with, in place of drawn ones: to train an imported
    /// model. Null draws them by the seed.
    /// </summary>
    [Id(22)]
    public string? InitialWeights { get; init; }

    /// <summary>
    /// Optimizer steps in all: training ends well after that one, in the last of <see cref="Epochs"/> or at its end. Null goes to
    /// that end. <see cref="WithSteps"/> sets both.
    /// </summary>
    [Id(23)]
    public long? Steps { get; init; }

    /// <summary>The same job for so many optimizer steps.</summary>
    /// <param name="steps">At least 1.</param>
    /// <param name="samples">The samples of the data set's split.</param>
    public JobSpec WithSteps(long steps, long samples) =>
        this with
        {
            Steps = steps,
            Epochs = (int)Math.Min(int.MaxValue, ((Math.Max(1, steps) - 1) / StepsPerEpoch(samples)) + 1),
        };

    /// <summary>The steps of one epoch, with the last, short one.</summary>
    /// <param name="samples">The samples of the data set's split; a part of them may validate.</param>
    public long StepsPerEpoch(long samples) =>
        Math.Max(1, ((TrainingSamples(samples, ValidationSplit) - 1) / Math.Max(1, GlobalBatchSize)) + 1);

    /// <summary>How many of <paramref name="samples"/> are trained on: the rest validates.</summary>
    public static long TrainingSamples(long samples, double validationSplit) =>
        samples - (long)(samples * validationSplit);

    /// <summary>The number of samples in one optimizer step.</summary>
    public int GlobalBatchSize => PerDeviceBatchSize * Shards;
}
