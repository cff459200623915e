using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>A job's attempt that waits for nodes.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">Counts the times that it entered the queue.</param>
/// <param name="Nodes">How many it takes, where so many are free.</param>
/// <param name="MixedNumerics">True where they may be of unlike numerics.</param>
/// <param name="Grows">
/// True where it runs already and takes up to so many more, of the numerics of those that it has, once nobody waits before
/// it.
/// </param>
/// <param name="Least">How many it begins with at least; null needs all.</param>
[GenerateSerializer, Immutable, Alias("neptune.queued-job")]
public sealed record QueuedJob(
    [property: Id(0)] JobId Job,
    [property: Id(1)] int Attempt,
    [property: Id(2)] int Nodes,
    [property: Id(3)] bool MixedNumerics = false,
    [property: Id(4)] bool Grows = false,
    [property: Id(5)] int? Least = null
)
{
    /// <summary>The users' modules that its nodes must have.</summary>
    [Id(6)]
    public ImmutableArray<NodeModule> Modules { get; init; } = [];

    /// <summary>How many it begins with at least, all at once.</summary>
    public int Needs => Least ?? Nodes;
}
