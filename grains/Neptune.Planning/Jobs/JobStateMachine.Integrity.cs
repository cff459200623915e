using Neptune.Contracts;

namespace Neptune.Planning;

// What follows where nodes compute wrongly.
public static partial class JobStateMachine
{
    // A flipped bit does not come again; a node that computes wrongly all the time does, and is named by a third.
    private const int MostUndecided = 3;

    /// <summary>
    /// The ranks have dissolved their membership, because replicas or gradients that must be equal were not. The job goes
    /// on from the newest state that is known to be right, without the nodes that were wrong. Packages and checkpoints
    /// behind that state must be gone before.
    /// </summary>
    /// <param name="state">The job.</param>
    /// <param name="newest">The dissolved membership, with what to roll back to.</param>
    /// <param name="now">The time.</param>
    public static Outcome RollBack(JobState state, Generation newest, DateTimeOffset now)
    {
        var snapshot = state.Snapshot;
        if (!IsUnderWay(snapshot.Phase) || newest.RollBack is not { } back || newest.Number <= state.Generation!.Number)
        {
            return new(state);
        }
        var lost = Math.Max(0, snapshot.Step - back.To.Step);
        var next = Changed(
            state,
            s =>
                s with
                {
                    Generations = s.Generations.Add(ChangeOf(newest, lost)),
                    StartedAt = s.StartedAt ?? now, // its ranks were faster than their report
                    Package = s.Package?.Step > back.To.Step ? null : s.Package,
                }
        ) with
        {
            Undecided = state.Undecided + (back.Wrong.IsEmpty ? 1 : 0),
        };
        var fence = new JobCommand.Fence(back.Wrong);
        if (next.Undecided > MostUndecided)
        {
            var reason =
                $"{back.Evidence} It was the {next.Undecided}th time, and no majority says which node is wrong: "
                + "resume the job on nodes that you trust, or on three or more.";
            return new(Ended(next, JobPhase.Failed, reason, now), fence, new JobCommand.Release());
        }
        var outcome = GoOn(next, back.Evidence, resumes: true, now);
        return outcome with { Commands = outcome.Commands.Insert(0, fence) };
    }
}
