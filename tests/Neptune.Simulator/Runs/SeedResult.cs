using System.Collections.Immutable;

namespace Neptune.Simulator;

/// <summary>What came of a seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Tally">What happened.</param>
/// <param name="Violation">What must not be; null where all was well.</param>
/// <param name="Latest">The latest events, where there is a violation.</param>
internal sealed record SeedResult(ulong Seed, Tally Tally, Exception? Violation, ImmutableArray<string> Latest)
{
    /// <summary>The invariant that does not hold.</summary>
    public string Invariant =>
        Violation is InvariantViolatedException violated ? violated.Invariant : Violation?.GetType().Name ?? "";
}
