using System.CommandLine;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary>The options of a job that say which checkpoints it takes and keeps.</summary>
internal static class CheckpointOptions
{
    private const double MostSeconds = 7 * 24 * 3600;
    private const double MostHours = 10_000;

    private static readonly Option<double?> Seconds = NumberOption.Above0(
        "--checkpoint-every",
        "The least time between two checkpoints in seconds; 10 by default.",
        "SECONDS",
        MostSeconds
    );
    private static readonly Option<int?> KeepLast = NumberOption.Optional(
        "--keep-last",
        "So many of the newest checkpoints are kept; 3 by default."
    );
    private static readonly Option<bool> NoKeepBest = new("--no-keep-best")
    {
        Description =
            "Do not keep the checkpoint of the least validation loss (loss, without validation) beside the newest.",
    };
    private static readonly Option<double?> KeepEvery = NumberOption.Above0(
        "--keep-every",
        "Keep one checkpoint of every so many hours beside the newest.",
        "HOURS",
        MostHours
    );

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Seconds, KeepLast, NoKeepBest, KeepEvery];

    /// <summary>The least time between checkpoints; null where it was left out.</summary>
    public static TimeSpan? Interval(Session session) =>
        session.Get(Seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Which checkpoints are kept.</summary>
    /// <param name="session">The command.</param>
    /// <param name="byDefault">Where an option was left out.</param>
    public static CheckpointRetention Retention(Session session, CheckpointRetention byDefault) =>
        new()
        {
            Last = session.Get(KeepLast) ?? byDefault.Last,
            Best = byDefault.Best && !session.Get(NoKeepBest),
            Every = session.Get(KeepEvery) is { } hours ? TimeSpan.FromHours(hours) : byDefault.Every,
        };
}
