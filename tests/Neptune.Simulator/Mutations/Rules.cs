using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Simulator;

/// <summary>The real rules, or broken ones where a mutation is asked for.</summary>
internal sealed class Rules(Mutation mutation)
{
    // A thousand ranks ask the same of the same facts: the planner is pure, so one answer will do.
    private (MembershipFacts Facts, bool PatienceIsOver, MembershipDecision.Wait Answer)? _waits;

    /// <summary>See <see cref="MembershipPlanner.Decide"/>.</summary>
    public MembershipDecision Decide(
        MembershipFacts facts,
        int shards,
        bool patienceIsOver,
        string token,
        DateTimeOffset now
    )
    {
        if (_waits is { } known && ReferenceEquals(known.Facts, facts) && known.PatienceIsOver == patienceIsOver)
        {
            return known.Answer;
        }
        var asked = (facts, patienceIsOver);
        if (mutation == Mutation.PlannerIgnoresSuspicion)
        {
            facts = facts with { Statements = [.. facts.Statements.Select(s => s with { Suspicions = [] })] };
        }
        patienceIsOver |= mutation == Mutation.PlannerDoesNotWait;
        var decision = MembershipPlanner.Decide(facts, shards, patienceIsOver, token, now);
        if (decision is MembershipDecision.Wait wait)
        {
            _waits = (asked.facts, asked.patienceIsOver, wait);
        }
        return decision is MembershipDecision.Next { Generation: var next }
            ? new MembershipDecision.Next(next.IsDissolved ? next : Broken(next, facts))
            : decision;
    }

    /// <summary>See <see cref="QueueRule.Decide"/>.</summary>
    public QueueRule.Decision Queue(ImmutableArray<QueuedJob> queue, ImmutableArray<NodeInfo> nodes) =>
        mutation == Mutation.NodeGivenTwice
            ? QueueRule.Decide(queue, [.. nodes.Select(n => n with { Job = null })])
            : QueueRule.Decide(queue, nodes);

    /// <summary>See <see cref="JobStateMachine.Recover"/>.</summary>
    public JobStateMachine.Outcome Recover(
        JobState state,
        ImmutableArray<NodeId> lost,
        string reason,
        DateTimeOffset now
    ) =>
        JobStateMachine.Recover(
            mutation == Mutation.PackageForgotten
                ? state with
                {
                    Snapshot = state.Snapshot with
                    {
                        Package = null,
                        Spec = state.Snapshot.Spec with { ResumeFrom = null },
                    },
                }
                : state,
            lost,
            reason,
            resumes: true,
            now
        );

    private Generation Broken(Generation next, MembershipFacts facts) =>
        mutation switch
        {
            Mutation.PlannerPicksOldestVersion => FromOldest(next, facts),
            Mutation.CutDropsShard => next with { Ranks = next.Ranks.SetItem(0, Shorter(next.Ranks[0])) },
            _ => next,
        };

    private static RankPlacement Shorter(RankPlacement rank) =>
        rank with
        {
            Range = rank.Range with { High = Math.Max(rank.Range.Low, rank.Range.High - 1) },
        };

    private static Generation FromOldest(Generation next, MembershipFacts facts)
    {
        var oldest = facts
            .Statements.Where(s => next.PlaceOf(s.Node) is not null && s.Version != RankStatement.Unloaded)
            .OrderBy(s => (s.Version.Step, s.Version.Epoch))
            .Select(s => (TrainingVersion?)s.Version)
            .FirstOrDefault();
        return next with
        {
            From = oldest ?? next.From,
            Holders =
            [
                .. facts
                    .Statements.Where(s => s.Version == oldest && next.PlaceOf(s.Node) is not null)
                    .Select(s => s.Node),
            ],
        };
    }
}
