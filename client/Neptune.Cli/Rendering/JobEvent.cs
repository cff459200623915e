using Neptune.Contracts;

namespace Neptune.Cli;

/// <summary>Something that happened to a job.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">For programs.</param>
/// <param name="Text">For people.</param>
internal sealed record JobEvent(DateTimeOffset At, string Kind, string Text)
{
    /// <summary>What happened to a job so far, in order.</summary>
    public static IEnumerable<JobEvent> Of(JobSnapshot job)
    {
        var events = new List<JobEvent>
        {
            new(job.SubmittedAt, "submitted", $"submitted; wants {Nodes(job.Spec.Nodes)} now"),
        };
        events.AddRange(
            job.Generations.Select(g => new JobEvent(
                g.At,
                $"generation-{g.Number}",
                $"generation {g.Number}: {Nodes(g.WorldSize)} from step {g.From.Step}; {g.Cause}"
            ))
        );
        if (job.EndedAt is { } ended)
        {
            var reason = job.Reason.Length > 0 ? $": {job.Reason}" : "";
            events.Add(new(ended, "ended", $"{job.Phase.ToString().ToLowerInvariant()} at step {job.Step}{reason}"));
        }
        return events.OrderBy(e => e.At);
    }

    private static string Nodes(int count) => count == 1 ? "1 node" : $"{count} nodes";
}
