using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>
/// Replicas or gradients that must be equal were not: what was trained since may be wrong, and is done again.
/// </summary>
/// <param name="To">The newest version that is known to be right.</param>
/// <param name="Wrong">Who computed wrongly, with the evidence; none where no majority says who it was.</param>
/// <param name="Evidence">What was found, in words that a person can check and that name nobody: the same where it comes again.</param>
/// <param name="MayHaveDiverged">
/// True where numbers stopped being finite, for which nobody need be wrong: where that comes again it is training's fault.
/// </param>
/// <param name="Package">The newest package, as rank 0 says, which its job may not have heard of.</param>
[GenerateSerializer, Immutable, Alias("neptune.roll-back")]
public sealed record RollBack(
    [property: Id(0)] TrainingVersion To,
    [property: Id(1)] ImmutableArray<Suspicion> Wrong,
    [property: Id(2)] string Evidence,
    [property: Id(3)] bool MayHaveDiverged = false,
    [property: Id(4)] PackageRef? Package = null
)
{
    /// <summary>The step that was under way, and is not committed.</summary>
    [Id(5)]
    public long Step { get; init; }

    /// <summary>Who it was, where that is known, and what was found.</summary>
    public string Cause =>
        Wrong.IsEmpty ? Evidence : $"node {string.Join(", ", Wrong.Select(suspicion => suspicion.Node))}: {Evidence}";
}
