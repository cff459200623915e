using System.Diagnostics;
using Neptune.Contracts;
using Outcome = Neptune.Planning.JobStateMachine.Outcome;

namespace Neptune.Planning.Tests;

/// <summary>All that can happen to a job, by name, and jobs in every phase.</summary>
internal static class JobEvents
{
    public static readonly string[] All =
    [
        "wait",
        "grant",
        "stale grant",
        "silence",
        "report",
        "stale report",
        "future report",
        "finished",
        "stopped",
        "failed",
        "differ",
        "registered",
        "cancel",
        "resume",
        "recover",
        "recover by itself",
        "lose one",
        "follow",
        "scale up",
        "scale down",
        "start again",
    ];

    /// <summary>The event as a function; all belong to the job's current attempt and generation unless named otherwise.</summary>
    public static Func<JobState, Outcome> Named(string happening, long step = 10) =>
        state =>
        {
            var generation = Math.Max(1, state.Snapshot.Generation);
            var report = Samples.Report(generation) with { Step = step, Samples = step * 64, Loss = 1.0 / (step + 1) };
            return happening switch
            {
                "wait" => JobStateMachine.ExplainWait(state, "needs more"),
                "grant" => Grant(state, state.Attempt),
                "stale grant" => Grant(state, state.Attempt - 1),
                "silence" => Report(state, ReportMerge.Silent(Samples.Job, generation, 0, 2)),
                "report" => Report(state, report),
                "stale report" => Report(state, report with { Generation = generation - 1 }),
                "future report" => Report(state, report with { Generation = generation + 1 }),
                "finished" => Report(state, Samples.Finished(generation)),
                "stopped" => Report(state, Samples.Finished(generation) with { Step = step, Stopped = true }),
                "failed" => Report(
                    state,
                    report with
                    {
                        Ended = 2,
                        Failures = [new(1, Samples.Node(1), "cause", false)],
                    }
                ),
                "differ" => Report(
                    state,
                    Samples.Finished(generation) with
                    {
                        WeightsSha256 = [new string('a', 64), new string('b', 64)],
                    }
                ),
                "registered" => JobStateMachine.Registered(state, Samples.Package(90, 3, version: 1), Samples.Now),
                "cancel" => JobStateMachine.Cancel(state, "enough", Samples.Now),
                "resume" => JobStateMachine.Resume(state),
                "recover" => JobStateMachine.Recover(state, [], "the process ended", false, Samples.Now),
                "recover by itself" => JobStateMachine.Recover(state, [], "all ended", true, Samples.Now),
                "lose one" => JobStateMachine.Recover(state, [Samples.Node(1)], "one ended", true, Samples.Now),
                "follow" => JobStateMachine.Follow(state, Samples.Next(state)),
                "scale up" => JobStateMachine.Scale(state, 4),
                "scale down" => JobStateMachine.Scale(state, 1),
                "start again" => JobStateMachine.StartAgain(state, "a node was lost", Samples.Now),
                _ => throw new UnreachableException(happening),
            };
        };

    /// <summary>A job that came to a phase on the shortest way.</summary>
    public static JobState JobIn(JobPhase phase, JobSpec? spec = null)
    {
        string[] way = phase switch
        {
            JobPhase.Queued => [],
            JobPhase.Starting => ["grant"],
            JobPhase.Running => ["grant", "report"],
            JobPhase.Cancelling => ["grant", "report", "cancel"],
            JobPhase.Paused => ["grant", "report", "recover"],
            JobPhase.Succeeded => ["grant", "finished", "registered"],
            JobPhase.Failed => ["grant", "failed"],
            JobPhase.Cancelled => ["cancel"],
            _ => throw new UnreachableException(phase.ToString()),
        };
        var state = JobStateMachine.Submit(Samples.Job, spec ?? Samples.Spec, Samples.Digits, Samples.Now).State;
        state = way.Aggregate(state, (s, happening) => Named(happening)(s).State);
        Trace.Assert(state.Snapshot.Phase == phase);
        return state;
    }

    private static Outcome Grant(JobState state, int attempt) =>
        JobStateMachine.Grant(state, attempt, Samples.Granted(2), 0, Samples.Token, Samples.Now);

    private static Outcome Report(JobState state, ShardReport report) =>
        JobStateMachine.Report(state, report, Samples.Now);
}
