namespace Neptune.ModelGraph;

/// <summary>How far training got: enough, with the seed, to go on with the very next global batch.</summary>
/// <param name="Step">Optimizer steps done since the start.</param>
/// <param name="Epoch">Epochs completed.</param>
/// <param name="StepInEpoch">Steps done in the epoch that is under way; 0 at an epoch's boundary.</param>
public sealed record TrainingPosition(long Step, int Epoch, int StepInEpoch)
{
    /// <summary>
    /// The place in the data: a job that ends within an epoch closes it, though some of it is left for whoever goes on.
    /// </summary>
    /// <param name="stepsPerEpoch">The steps of a whole epoch.</param>
    public TrainingPosition InData(long stepsPerEpoch) =>
        StepInEpoch == 0 && Step % stepsPerEpoch != 0
            ? new(Step, (int)(Step / stepsPerEpoch), (int)(Step % stepsPerEpoch))
            : this;
}
