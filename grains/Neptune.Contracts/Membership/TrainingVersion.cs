namespace Neptune.Contracts;

/// <summary>What a replica's state contains. Replicas of one job and version are equal, bit by bit.</summary>
/// <param name="Step">Optimizer steps done since the job began.</param>
/// <param name="Epoch">Epochs that are closed: validated and reported.</param>
[GenerateSerializer, Immutable, Alias("neptune.training-version")]
public readonly record struct TrainingVersion([property: Id(0)] long Step, [property: Id(1)] int Epoch)
{
    /// <summary>True where the other one contains more.</summary>
    public bool IsBehind(TrainingVersion other) => Step < other.Step || (Step == other.Step && Epoch < other.Epoch);

    /// <summary>For example <c>step 812</c>.</summary>
    public override string ToString() => $"step {Step}";
}
