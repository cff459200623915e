namespace Neptune.Worker;

/// <summary>What the ranks have found out together about a step whose checks failed; equal on all of them.</summary>
/// <param name="Wrong">Ranks that were wrong; none where no majority says which, or where all agree now.</param>
/// <param name="Evidence">In words that a person can check.</param>
/// <param name="MayHaveDiverged">True where a number was not finite, for which no rank need be wrong.</param>
internal sealed record Verdict(IReadOnlyList<int> Wrong, string Evidence, bool MayHaveDiverged = false)
{
    /// <summary>What is said of those that were wrong; the evidence, where there is no more to say.</summary>
    public string Charge { get; init; } = Evidence;
}
