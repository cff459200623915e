namespace Neptune.Worker;

/// <summary>Replicas that must be equal are not.</summary>
internal sealed class ReplicasDifferException(long step, IReadOnlyList<int>? oddOnes)
    : Exception(
        oddOnes is null
            ? $"After step {step} the replicas differ, and none of them has a majority: a node computes wrongly, and nobody "
                + "knows which. Resume the job from its last checkpoint on nodes that you trust."
            : $"After step {step} the replicas of the ranks {string.Join(", ", oddOnes)} differ from those of all others."
    )
{
    /// <summary>The step after which it was found.</summary>
    public long Step { get; } = step;

    /// <summary>The ranks that differ from most; null where there is no majority.</summary>
    public IReadOnlyList<int>? OddOnes { get; } = oddOnes;
}
