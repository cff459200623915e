using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

// What repairs a job whose calls got lost.
public static partial class JobStateMachine
{
    /// <summary>
    /// The scheduler looks after a job that is open. What the job commanded, or was told, may have been lost with a
    /// call, or with a coordinator that died between persisting and acting: it is commanded again. Repeating changes
    /// nothing.
    /// </summary>
    /// <param name="state">The job.</param>
    /// <param name="held">The nodes that the scheduler holds for it, as they are now.</param>
    /// <param name="newest">The newest membership in the store; null where there is none.</param>
    /// <param name="resumes">True where a job that has lost all nodes goes on by itself.</param>
    /// <param name="now">The time.</param>
    public static Outcome Remind(
        JobState state,
        ImmutableArray<GrantedNode> held,
        Generation? newest,
        bool resumes,
        DateTimeOffset now
    )
    {
        var phase = state.Snapshot.Phase;
        if (state.Snapshot.HasEnded)
        {
            return new(state, [.. PardonsOf(state), new JobCommand.Release()]);
        }
        if (phase == JobPhase.Queued)
        {
            // Nodes were granted, and the job has not heard of it: a new attempt frees them and drops a late grant.
            var queued = held.IsEmpty ? state : Changed(state, s => s) with { Attempt = state.Attempt + 1 };
            return IsReleased(state, newest)
                ? new(queued, EnqueueOf(queued))
                : new(queued, new JobCommand.Release(), EnqueueOf(queued));
        }
        if (newest is null || newest.Number < state.Generation!.Number)
        {
            return new(state, new JobCommand.StartTree(state.Generation!));
        }
        if (newest.RollBack is not null)
        {
            return RollBack(state, newest, now);
        }
        if (held.IsEmpty || newest.IsDissolved)
        {
            return Recover(state, [], "the processes that ran it have ended", resumes, now);
        }
        var followed = Follow(state, newest);
        if (followed.State.Lost.Length == newest.WorldSize)
        {
            // Nodes that were lost already have set it, before they ended.
            return Recover(followed.State, [], "all its nodes are lost", resumes, now);
        }
        var links = held.ToDictionary(h => h.Node, h => h.Link);
        var lost = newest
            .Ranks.Where(r => !links.TryGetValue(r.Node, out var link) || link != r.Link) // or started anew
            .Select(r => r.Node)
            .Except(followed.State.Lost)
            .Concat(followed.State.Recruits.Where(n => !links.ContainsKey(n)))
            .ToImmutableArray();
        var outcome = lost.IsEmpty
            ? followed
            : Recover(followed.State, lost, "the scheduler holds them no more", resumes, now);
        if (outcome.State.Snapshot.Phase != phase || outcome.State.Attempt != state.Attempt)
        {
            return outcome;
        }
        return IsOver(outcome.State)
            ? End(outcome.State, outcome.State.LastReport!, resumes, now)
            : new(outcome.State, [.. CommandsOf(outcome, held)]);
    }

    // What a running job has commanded and cannot know to be done.
    private static IEnumerable<JobCommand> CommandsOf(Outcome outcome, ImmutableArray<GrantedNode> held)
    {
        var state = outcome.State;
        var generation = state.Generation!;
        var works = generation.Ranks.Select(r => r.Node).Except(state.Lost).Concat(state.Recruits).ToArray();
        var unknown = held.Select(h => h.Node).Except(works).ToImmutableArray();
        foreach (var command in outcome.Commands)
        {
            yield return command;
        }
        if (!state.Recruits.IsEmpty)
        {
            yield return new JobCommand.Recruit(state.Recruits);
        }
        if (!state.Leaving.IsEmpty)
        {
            yield return new JobCommand.Dismiss([
                .. state.Leaving.Select(n => new Departure(n, "the job uses fewer nodes")),
            ]);
        }
        if (!unknown.IsEmpty)
        {
            yield return new JobCommand.Return(unknown); // they left, or their grant was lost
        }
        foreach (var growth in GrowthOf(state))
        {
            yield return growth;
        }
        if (state.Snapshot.Phase == JobPhase.Cancelling)
        {
            yield return new JobCommand.StopTree(generation);
        }
    }
}
