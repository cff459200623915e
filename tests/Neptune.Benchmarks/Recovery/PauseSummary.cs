using Neptune.Contracts;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>How long changes of membership made a job pause: in seconds, from the last step before to the first one after.</summary>
/// <param name="Event">What was done to the job.</param>
/// <param name="Count">Changes whose pause is known.</param>
/// <param name="Unknown">Changes that another one overtook before their first step.</param>
/// <param name="P50">The median.</param>
/// <param name="P99">The pause that one in a hundred exceeds.</param>
/// <param name="Longest">The longest.</param>
/// <param name="StepsLost">Steps that were done again.</param>
internal sealed record PauseSummary(
    string Event,
    int Count,
    int Unknown,
    double P50,
    double P99,
    double Longest,
    long StepsLost
)
{
    /// <summary>Sums up changes of one kind.</summary>
    public static PauseSummary Of(string name, IReadOnlyList<GenerationChange> changes)
    {
        var pauses = changes.Select(c => c.PauseSeconds).OfType<double>().Order().ToArray();
        double At(double share) =>
            pauses.Length == 0 ? double.NaN : pauses[Math.Min(pauses.Length - 1, (int)(pauses.Length * share))];
        return new(
            name,
            pauses.Length,
            changes.Count - pauses.Length,
            At(0.5),
            At(0.99),
            At(1),
            changes.Sum(c => c.StepsLost)
        );
    }

    /// <summary>A table of them, with columns of the caller's own behind it: a name, and a cell for each row.</summary>
    public static Table ToTable(
        IEnumerable<PauseSummary> summaries,
        params (string Name, IReadOnlyList<string> Cells)[] more
    )
    {
        var table = new Table { Border = TableBorder.Markdown }.AddColumns(
            "event",
            "count",
            "unknown",
            "pause p50",
            "pause p99",
            "longest",
            "steps lost"
        );
        table.AddColumns([.. more.Select(column => column.Name)]);
        foreach (var (row, s) in summaries.Index())
        {
            table.AddRow([
                s.Event,
                $"{s.Count}",
                $"{s.Unknown}",
                $"{s.P50 * 1e3:N0} ms",
                $"{s.P99 * 1e3:N0} ms",
                $"{s.Longest * 1e3:N0} ms",
                $"{s.StepsLost}",
                .. more.Select(column => column.Cells[row]),
            ]);
        }
        return table;
    }

    /// <summary>A long run shows how far it is, and what its longest pauses come from.</summary>
    public static GenerationChange Told(string name, GenerationChange change)
    {
        Console.Error.WriteLine(
            FormattableString.Invariant(
                $"{name}: generation {change.Number} after {change.PauseSeconds:0.000} s: {change.Cause}"
            )
        );
        return change;
    }
}
