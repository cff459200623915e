using Neptune.Collectives;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>What a rank says when a generation ends for it.</summary>
internal static class Statements
{
    /// <summary>How far it got, and whom it saw fail.</summary>
    /// <param name="generation">The generation that ends.</param>
    /// <param name="place">The rank's place in it.</param>
    /// <param name="loop">Its training; null where nothing is loaded yet.</param>
    /// <param name="suspicions">Whom it saw fail.</param>
    public static RankStatement Of(
        Generation generation,
        RankPlacement place,
        StepLoop? loop,
        IReadOnlyList<Suspicion> suspicions
    ) =>
        new()
        {
            Generation = generation.Number,
            Node = place.Node,
            Version = loop?.Version ?? RankStatement.Unloaded,
            SecondsPerShard = loop?.SecondsPerShard ?? 0,
            Suspicions = [.. suspicions],
        };

    /// <summary>Whom the end of an exchange makes a rank suspect.</summary>
    /// <param name="error">How the exchange ended.</param>
    /// <param name="generation">The generation.</param>
    /// <param name="loop">The rank's training.</param>
    /// <param name="deadline">What it has learnt of its steps.</param>
    /// <param name="limit">How long it waited for one that stood still.</param>
    /// <param name="hasMet">False while the ranks still meet: one whose link closes may then have given up because of a third.</param>
    public static Suspicion[] Suspicions(
        CollectiveAbortedException error,
        Generation generation,
        StepLoop? loop,
        ProgressDeadline deadline,
        TimeSpan limit,
        bool hasMet
    )
    {
        if (error.Rank is not { } rank || (!hasMet && error.Failure == CollectiveFailure.LinkLost))
        {
            return [];
        }
        var evidence =
            error.Failure == CollectiveFailure.Stalled && hasMet
                ? $"made no progress on {(loop!.IsAtEpochEnd ? "the validation after step" : "step")} "
                    + $"{loop.Version.Step + (loop.IsAtEpochEnd ? 0 : 1)} for {limit.TotalSeconds:0.0} s, median step "
                    + $"{deadline.Median * 1e3:0.#} ms"
                : error.Message;
        return [new(generation.Ranks[rank].Node, evidence)];
    }
}
