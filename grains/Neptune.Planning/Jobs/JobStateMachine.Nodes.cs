using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

// How nodes come to a job, and go, while it runs.
public static partial class JobStateMachine
{
    /// <summary>The ranks, or another JobGrain, have set newer memberships: the job follows.</summary>
    /// <param name="state">The job.</param>
    /// <param name="newest">The newest one.</param>
    /// <param name="missed">Those between the job's own and the newest, oldest first, which the history shows.</param>
    public static Outcome Follow(JobState state, Generation newest, params ImmutableArray<Generation> missed)
    {
        var snapshot = state.Snapshot;
        if (!IsUnderWay(snapshot.Phase) || newest.IsDissolved || newest.Number < snapshot.Generation)
        {
            return new(state);
        }
        if (newest.Number == snapshot.Generation)
        {
            return new(state, new JobCommand.AdoptTree(newest)); // the tree is broken
        }
        var left = state.Leaving.Where(n => newest.PlaceOf(n) is null).ToImmutableArray();
        var next = Changed(
            state,
            s =>
                s with
                {
                    Generation = newest.Number,
                    Ranks = newest.Ranks,
                    Generations =
                    [
                        .. s.Generations,
                        .. missed.Select(m => ChangeOf(m, 0)),
                        ChangeOf(newest, LostBefore(newest, s.Step)),
                    ],
                }
        ) with
        {
            Generation = newest,
            Lost = [.. state.Lost.Where(n => newest.PlaceOf(n) is not null)],
            // Who was left behind and is not lost offers itself again: the job holds it still.
            Recruits =
            [
                .. state
                    .Recruits.Union(state.Generation!.Ranks.Select(r => r.Node).Except(state.Lost))
                    .Except(state.Leaving)
                    .Where(n => newest.PlaceOf(n) is null),
            ],
            Leaving = state.Leaving.RemoveRange(left),
            LastReport = null,
        };
        var commands = ImmutableArray.Create<JobCommand>(new JobCommand.AdoptTree(newest));
        if (left.Length > 0)
        {
            commands = commands.Add(new JobCommand.Return(left));
        }
        if (snapshot.Phase == JobPhase.Cancelling)
        {
            commands = commands.Add(new JobCommand.StopTree(newest));
        }
        return new(next, [.. commands, .. GrowthOf(next)]);
    }

    /// <summary>The owner wants another number of nodes.</summary>
    /// <exception cref="InvalidInputException">So many are not possible.</exception>
    /// <exception cref="ConflictException">The job has ended.</exception>
    public static Outcome Scale(JobState state, int nodes)
    {
        var snapshot = state.Snapshot;
        JobSpecRules.CheckNodes(nodes);
        if (snapshot.HasEnded || snapshot.Phase == JobPhase.Cancelling)
        {
            throw new ConflictException(
                $"Job {snapshot.Id} is {snapshot.Phase}: only one that waits or trains can be scaled."
            );
        }
        if (snapshot.Spec.Nodes == nodes)
        {
            return new(state);
        }
        var next = Changed(state, s => s with { Spec = s.Spec with { Nodes = nodes } });
        if (snapshot.Phase == JobPhase.Queued)
        {
            next = next with { Attempt = state.Attempt + 1 };
            return new(next, EnqueueOf(next));
        }
        // The last to come are the first to go.
        var dismissed = HeldBy(next).Skip(nodes).ToImmutableArray();
        if (dismissed.IsEmpty)
        {
            return new(next, [.. GrowthOf(next)]);
        }
        var members = dismissed.Where(n => state.Generation!.PlaceOf(n) is not null).ToImmutableArray();
        return new(
            next with
            {
                Leaving = [.. state.Leaving, .. members],
                Recruits = state.Recruits.RemoveRange(dismissed),
            },
            new JobCommand.Dismiss([
                .. dismissed.Select(n => new Departure(n, $"the job was scaled to {nodes} nodes")),
            ]),
            new JobCommand.Return([.. dismissed.Except(members)]),
            GrowthBy(next, 0) // what it asked for before is not wanted any more
        );
    }

    /// <summary>
    /// Nodes of the job are gone. While one is left the ranks go on by themselves, and the job asks for others in their
    /// place; where none is left it goes on from its last package, by itself or when its owner says so. What waited
    /// waits on.
    /// </summary>
    /// <param name="state">The job.</param>
    /// <param name="lost">The nodes; none where the scheduler holds none for it at all.</param>
    /// <param name="reason">Why they are gone.</param>
    /// <param name="resumes">True where it goes on by itself.</param>
    /// <param name="now">The time.</param>
    public static Outcome Recover(
        JobState state,
        ImmutableArray<NodeId> lost,
        string reason,
        bool resumes,
        DateTimeOffset now
    )
    {
        if (state.Snapshot.Phase == JobPhase.Queued)
        {
            return new(state, EnqueueOf(state));
        }
        if (!IsUnderWay(state.Snapshot.Phase))
        {
            return new(state);
        }
        var next = WithLost(state, lost);
        var gone = lost.IsEmpty
            ? state.Generation!.WorldSize
            : state.Generation!.Ranks.Count(r => next.Lost.Contains(r.Node));
        var report = state.LastReport;
        var isSettled = report is not null && (IsFinal(report) || report.Failures.Any(f => !f.IsConsequence));
        if (!lost.IsEmpty && isSettled && IsOver(next))
        {
            return End(next, report!, resumes, now); // they met at the end, or one failed, before one was lost
        }
        return gone + (report?.Ended ?? 0) < state.Generation.WorldSize
            ? new(next, [.. GrowthOf(next)])
            : GoOn(next, reason, resumes, now);
    }

    private static JobState WithLost(JobState state, ImmutableArray<NodeId> lost)
    {
        var members = lost.Where(n => state.Generation!.PlaceOf(n) is not null).Except(state.Lost).ToArray();
        if (members.Length == 0 && !state.Recruits.Concat(state.Leaving).Any(lost.Contains))
        {
            return state;
        }
        return Changed(state, s => s) with
        {
            Lost = [.. state.Lost, .. members],
            Recruits = state.Recruits.RemoveRange(lost),
            Leaving = state.Leaving.RemoveRange(lost),
        };
    }

    // More nodes while it runs: they get ready, and the ranks take them in. A repeated first grant starts what it
    // started.
    private static Outcome GrantMore(
        JobState state,
        Generation known,
        ImmutableArray<GrantedNode> nodes,
        DateTimeOffset now
    )
    {
        // A member that is granted from another start of its silo was lost, and the job has not heard of it.
        state = WithLost(
            state,
            [.. nodes.Where(n => known.PlaceOf(n.Node) is { } r && r.Link != n.Link).Select(n => n.Node)]
        );
        if (state.Lost.Length == known.WorldSize)
        {
            return GoOn(state, "all its nodes started anew", resumes: true, now);
        }
        var recruits = nodes
            .Select(n => n.Node)
            .Where(n => known.PlaceOf(n) is null || state.Lost.Contains(n))
            .ToImmutableArray();
        // Since it asked for them it may have been scaled down.
        var held = HeldBy(state).ToHashSet();
        var room = Math.Max(0, state.Snapshot.Spec.Nodes - held.Count);
        var surplus = recruits.Where(n => !held.Contains(n)).Skip(room).ToImmutableArray();
        if (!surplus.IsEmpty)
        {
            var rest = GrantMore(state, known, [.. nodes.Where(n => !surplus.Contains(n.Node))], now);
            return rest with { Commands = rest.Commands.Add(new JobCommand.Return(surplus)) };
        }
        if (recruits.IsEmpty)
        {
            return state.Snapshot.Phase == JobPhase.Starting && known.From is null
                ? new(state, new JobCommand.StartTree(known))
                : new(state);
        }
        var isNew = recruits.Except(state.Recruits).Any();
        var next = isNew
            ? Changed(state, s => s) with
            {
                Recruits = [.. state.Recruits.Union(recruits)],
                Leaving = state.Leaving.RemoveRange(recruits),
            }
            : state;
        return new(next, new JobCommand.Recruit(recruits));
    }

    // The nodes that work for the job, or will.
    private static IEnumerable<NodeId> HeldBy(JobState state) =>
        state
            .Generation!.Ranks.Select(r => r.Node)
            .Except(state.Lost)
            .Concat(state.Recruits)
            .Distinct()
            .Except(state.Leaving);

    private static IEnumerable<JobCommand> GrowthOf(JobState state)
    {
        var missing = state.Snapshot.Spec.Nodes - HeldBy(state).Count();
        return missing > 0 ? [GrowthBy(state, missing)] : [];
    }

    private static JobCommand.Enqueue GrowthBy(JobState state, int nodes) =>
        new(
            new(state.Snapshot.Id, state.Attempt, nodes, state.Snapshot.Spec.MixedNumerics, Grows: true)
            {
                Modules = state.Modules,
            }
        );

    // Who goes over to a prepared generation loses nothing: it goes on from where all are then.
    private static long LostBefore(Generation generation, long reported) =>
        generation.IsPrepared ? 0 : Math.Max(0, reported - (generation.From?.Step ?? 0));

    private static GenerationChange ChangeOf(Generation generation, long stepsLost) =>
        new()
        {
            Number = generation.Number,
            At = generation.At,
            Cause = generation.Cause,
            WorldSize = generation.WorldSize,
            From = generation.From ?? default,
            StepsLost = stepsLost,
            Joined = generation.Joined,
            Left = generation.Left,
        };

    // How long the newest change took, and where a generation that was prepared has begun, once its ranks know.
    private static ImmutableArray<GenerationChange> WithBeginning(
        ImmutableArray<GenerationChange> changes,
        ShardReport report
    ) =>
        report is { PauseSeconds: { } pause, From: { } from }
        && changes is [.., { PauseSeconds: null } last]
        && last.Number == report.Generation
            ? changes.SetItem(changes.Length - 1, last with { PauseSeconds = pause, From = from })
            : changes;
}
