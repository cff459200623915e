using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

// What follows where nodes compute wrongly.
public static partial class JobStateMachine
{
    // A flipped bit does not come again; a node that computes wrongly all the time does, and is named by a third.
    private const int MostUndecided = 3;

    private const string Unrepeatable =
        "what the model computes is not repeatable, as where a user's module draws random numbers of its own.";

    /// <summary>
    /// The ranks have dissolved their membership, because replicas or gradients that must be equal were not. The job goes
    /// on from the newest state that is known to be right, without the nodes that were wrong. Packages and checkpoints
    /// behind that state must be gone before. Where numbers that are not finite come again at the same step, training has
    /// diverged, and the job fails with the newest package of both times: they were equal up to there. Who was fenced for the
    /// first time takes jobs again then, and stays fenced where the job gets past that step. Where one node after
    /// another is named and the job gets no further, not the nodes are at fault but the model: the job fails, and they take
    /// jobs again.
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
        PackageRef?[] packages = [snapshot.Package, back.Package];
        var sound = packages.Where(p => p?.Step <= back.To.Step).Aggregate((PackageRef?)null, Newer);
        var doubted = packages.Where(p => p?.Step > back.To.Step).Aggregate((PackageRef?)null, Newer);
        var lost = Math.Max(0, snapshot.Step - back.To.Step);
        var next = Changed(
            state,
            s =>
                s with
                {
                    Generations = s.Generations.Add(ChangeOf(newest, lost)),
                    StartedAt = s.StartedAt ?? now, // its ranks were faster than their report
                    Package = sound,
                }
        ) with
        {
            Undecided = state.Undecided + (back is { Wrong.IsEmpty: true, MayHaveDiverged: false } ? 1 : 0),
            WentBackTo = back.To,
            WentBackFor = back.Evidence,
            Doubted = doubted,
        };
        if (back.MayHaveDiverged && state.WentBackFor == back.Evidence)
        {
            var package = packages.Append(state.Doubted).Aggregate(Newer);
            return Ended(
                next,
                JobPhase.Failed,
                back.Evidence,
                now,
                s => s with { Package = package, Step = Math.Max(s.Step, package?.Step ?? 0) }
            );
        }
        var accused = state.WentBackTo == back.To ? state.Accused : [];
        ImmutableArray<Suspicion> others = [.. back.Wrong.ExceptBy(accused.Select(a => a.Node), w => w.Node)];
        if (!accused.IsEmpty && !others.IsEmpty)
        {
            var reason =
                $"{back.Cause} Before, {string.Join(", ", accused.Select(a => a.Node))} did so at the same place, after "
                + $"step {back.To.Step}: {Unrepeatable} The nodes take jobs again.";
            return After(
                new JobCommand.Pardon(accused),
                Ended(next with { Accused = [] }, JobPhase.Failed, reason, now)
            );
        }
        next = next with
        {
            Accused = accused.AddRange(others),
            OpenCharges = back.MayHaveDiverged
                ? [.. state.OpenCharges, .. back.Wrong.Select(w => new OpenCharge(w, back.Step))]
                : state.OpenCharges,
        };
        var fence = new JobCommand.Fence(back.Wrong);
        if (next.Undecided > MostUndecided)
        {
            var reason =
                $"{back.Evidence} It was the {next.Undecided}th time, and no majority says which node is wrong: "
                + $"resume the job on nodes that you trust, or on three or more. Or {Unrepeatable}";
            return After(fence, Ended(next, JobPhase.Failed, reason, now));
        }
        return After(fence, GoOn(next, back.Cause, resumes: true, now));
    }

    private static Outcome After(JobCommand first, Outcome outcome) =>
        outcome with
        {
            Commands = outcome.Commands.Insert(0, first),
        };
}
