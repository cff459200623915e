using System.Collections.Immutable;
using System.Globalization;
using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>
/// Plans a job's next membership from what its ranks have said. Pure: it does not matter which rank, or the JobGrain,
/// asks, because the store takes only the first answer.
/// </summary>
public static class MembershipPlanner
{
    /// <summary>Decides.</summary>
    /// <param name="facts">What is known.</param>
    /// <param name="shards">S of the job.</param>
    /// <param name="patienceIsOver">True where those who have not spoken have had time enough.</param>
    /// <param name="token">The next generation's secret.</param>
    /// <param name="now">The time of the decision, for people.</param>
    public static MembershipDecision Decide(
        MembershipFacts facts,
        int shards,
        bool patienceIsOver,
        string token,
        DateTimeOffset now
    )
    {
        var current = facts.Current;
        var places = current.Ranks.ToDictionary(r => r.Node);
        var statements = facts
            .Statements.Where(s => !s.IsAhead && s.Generation == current.Number && places.ContainsKey(s.Node))
            .ToDictionary(s => s.Node);
        if (statements.Values.FirstOrDefault(s => s.Fault is not null) is { } faulty)
        {
            return new MembershipDecision.Fault(faulty.Node, faulty.Fault!);
        }
        if (
            statements.Values.OrderBy(s => places[s.Node].Rank).FirstOrDefault(s => s.RollBack is not null) is
            { RollBack: { } back } first
        )
        {
            return back.MayHaveDiverged && places[first.Node].Rank > 0 && !patienceIsOver
                ? new MembershipDecision.Wait("waits for rank 0 to say which package is the newest")
                : new MembershipDecision.Next(Dissolved(current, back.Cause, token, now) with { RollBack = back });
        }
        var evidence = EvidenceOf(statements.Values);
        var hasBegun = !statements.Values.Any(s => s.HasNotBegun);
        var awaited = current
            .Ranks.Where(r => !statements.ContainsKey(r.Node) && !evidence.ContainsKey(r.Node))
            .Where(r => hasBegun || current.Holders.Contains(r.Node)) // others may not have heard of it
            .ToArray();
        if (statements.Count == 0 || (awaited.Length > 0 && !patienceIsOver))
        {
            return new MembershipDecision.Wait(
                $"waits for {string.Join(", ", awaited.Select(r => r.Node.Value))} to say how far they got"
            );
        }
        var newest = statements.Values.Select(s => s.Version).Aggregate((a, b) => a.IsBehind(b) ? b : a);
        if (current.From is { } from && newest.IsBehind(from))
        {
            // Who has the state is lost, and those that are left have not fetched it.
            return new MembershipDecision.Next(
                Dissolved(current, $"nobody is left who has the state of {current.From}", token, now)
            );
        }
        var agreeing = WithoutMutualSuspicion(current, statements, newest);
        var isLoaded = newest != RankStatement.Unloaded; // otherwise all begin as the spec says
        var members = Staying(agreeing, facts, r => statements[r.Node].Version == newest);
        return new MembershipDecision.Next(
            NextOf(facts, shards, token, now, members, statements, evidence) with
            {
                From = isLoaded ? newest : current.From,
                Holders = !isLoaded
                    ? []
                    : [.. members.Where(r => statements[r.Node].Version == newest).Select(r => r.Node)],
            }
        );
    }

    /// <summary>
    /// Plans what is wished for while the ranks train on, once all of them have spoken ahead. Each goes on from where it is
    /// when the membership changes, which is after a step that all have done.
    /// </summary>
    /// <returns>Null where nothing is wished for, or some have not spoken yet.</returns>
    /// <inheritdoc cref="Decide"/>
    public static Generation? Prepare(MembershipFacts facts, int shards, string token, DateTimeOffset now)
    {
        var current = facts.Current;
        var statements = facts
            .Statements.Where(s => s.IsAhead && s.Generation == current.Number)
            .ToDictionary(s => s.Node);
        if (!facts.HasWishes || !current.Ranks.All(r => statements.ContainsKey(r.Node)))
        {
            return null;
        }
        var members = Staying(current.Ranks, facts, _ => true);
        return NextOf(facts, shards, token, now, members, statements, []) with
        {
            From = statements.Values.Select(s => s.Version).Aggregate((a, b) => a.IsBehind(b) ? b : a),
            Holders = [.. members.Select(r => r.Node)],
            IsPrepared = true,
        };
    }

    private static Generation NextOf(
        MembershipFacts facts,
        int shards,
        string token,
        DateTimeOffset now,
        ImmutableArray<RankPlacement> members,
        Dictionary<NodeId, RankStatement> statements,
        Dictionary<NodeId, string> evidence
    )
    {
        var current = facts.Current;
        var places = current.Ranks.ToDictionary(r => r.Node);
        var ranks = Place(members, facts, shards, places, statements);
        var kept = ranks.Select(r => r.Node).ToHashSet();
        ImmutableArray<NodeId> joined = [.. ranks.Select(r => r.Node).Where(n => !places.ContainsKey(n))];
        ImmutableArray<Departure> left =
        [
            .. current
                .Ranks.Where(r => !kept.Contains(r.Node))
                .Select(r => new Departure(r.Node, WhyGone(r.Node, facts, evidence))),
        ];
        return new()
        {
            Job = current.Job,
            Number = current.Number + 1,
            Attempt = current.Attempt,
            Token = token,
            Ranks = ranks,
            Joined = joined,
            Left = left,
            Cause = CauseOf(joined, left, Recut(current, ranks, statements)),
            At = now,
        };
    }

    // Nobody trains on: the job begins an attempt from its last package or checkpoint.
    private static Generation Dissolved(Generation current, string cause, string token, DateTimeOffset now) =>
        new()
        {
            Job = current.Job,
            Number = current.Number + 1,
            Attempt = current.Attempt,
            Token = token,
            Ranks = [],
            Left = [.. current.Ranks.Select(r => new Departure(r.Node, cause))],
            Cause = cause,
            At = now,
        };

    private static Dictionary<NodeId, string> EvidenceOf(IEnumerable<RankStatement> statements) =>
        statements
            .OrderBy(s => s.Node.Value, StringComparer.Ordinal)
            .SelectMany(s => s.Suspicions)
            .DistinctBy(s => s.Node)
            .ToDictionary(s => s.Node, s => s.Evidence);

    // Ranks that spoke but do not reach each other cannot be members together: who is in most of such pairs goes, of
    // equal ones the last, until no pair is left. The last one that has the newest state stays: no step may be lost.
    private static ImmutableArray<RankPlacement> WithoutMutualSuspicion(
        Generation current,
        Dictionary<NodeId, RankStatement> statements,
        TrainingVersion newest
    )
    {
        var members = current.Ranks.Where(r => statements.ContainsKey(r.Node)).ToDictionary(r => r.Node);
        var pairs = statements
            .Values.SelectMany(s => s.Suspicions.Select(x => (s.Node, Other: x.Node)))
            .Where(pair => pair.Node != pair.Other && members.ContainsKey(pair.Other))
            .SelectMany(pair => new[] { pair, (pair.Other, pair.Node) })
            .Distinct()
            .GroupBy(pair => pair.Item1, pair => pair.Item2)
            .ToDictionary(group => group.Key, group => group.ToHashSet());
        var holders = members.Keys.Count(node => statements[node].Version == newest);
        while (pairs.Count > 0)
        {
            var worst = pairs
                .Keys.Where(node => holders > 1 || statements[node].Version != newest)
                .MaxBy(node => (pairs[node].Count, members[node].Rank));
            foreach (var other in pairs[worst])
            {
                pairs[other].Remove(worst);
                if (pairs[other].Count == 0)
                {
                    pairs.Remove(other);
                }
            }
            pairs.Remove(worst);
            members.Remove(worst);
            holders -= statements[worst].Version == newest ? 1 : 0;
        }
        return [.. current.Ranks.Where(r => members.ContainsKey(r.Node))];
    }

    // Who was asked to leave goes, unless nobody who stays has the newest state: then at the next change.
    private static ImmutableArray<RankPlacement> Staying(
        ImmutableArray<RankPlacement> members,
        MembershipFacts facts,
        Func<RankPlacement, bool> holdsNewest
    )
    {
        ImmutableArray<RankPlacement> staying = [.. members.Where(r => !facts.Leaves(r.Node))];
        return staying.Any(holdsNewest) ? staying : members;
    }

    private static ImmutableArray<RankPlacement> Place(
        ImmutableArray<RankPlacement> members,
        MembershipFacts facts,
        int shards,
        Dictionary<NodeId, RankPlacement> places,
        Dictionary<NodeId, RankStatement> statements
    )
    {
        // A member that does not speak made its offer before it was taken in. Another start of its silo is new.
        var joining = facts
            .Candidates.Where(c => !statements.ContainsKey(c.Node) && !facts.Leaves(c.Node))
            .Where(c => !places.TryGetValue(c.Node, out var place) || place.Link != c.Link)
            .DistinctBy(c => c.Node)
            .OrderBy(c => c.Node.Value, StringComparer.Ordinal);
        (NodeId Node, LinkEndpoint? Link)[] nodes =
        [
            .. members.Select(r => (r.Node, r.Link)),
            .. joining.Select(c => (c.Node, c.Link)),
        ];
        var ranges = ShardCut.BySpeed(
            shards,
            [.. nodes.Select(n => statements.TryGetValue(n.Node, out var s) ? s.SecondsPerShard : 0)]
        );
        return [.. nodes.Select((n, rank) => new RankPlacement(rank, n.Node, ranges[rank], n.Link))];
    }

    private static string WhyGone(NodeId node, MembershipFacts facts, Dictionary<NodeId, string> evidence) =>
        evidence.GetValueOrDefault(node)
        ?? facts.Departures.FirstOrDefault(d => d.Node == node)?.Reason
        ?? (
            facts.Statements.Any(s => s.Node == node)
                ? "it and another rank do not reach each other"
                : "it did not say how far it got"
        );

    // What a cut by measured speed changes, where the same ranks go on: the slowest is named.
    private static string? Recut(
        Generation current,
        ImmutableArray<RankPlacement> ranks,
        Dictionary<NodeId, RankStatement> statements
    )
    {
        var before = current.Ranks.ToDictionary(r => r.Node, r => r.Range.Count);
        var slowest = ranks
            .Where(r => before.GetValueOrDefault(r.Node) != r.Range.Count && statements.ContainsKey(r.Node))
            .MaxBy(r => statements[r.Node].SecondsPerShard);
        return slowest is null
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"the shards are cut anew by speed: node {slowest.Node} takes {statements[slowest.Node].SecondsPerShard * 1e3:0.#} "
                    + $"ms for one, and has {slowest.Range.Count} in place of {before[slowest.Node]}"
            );
    }

    private static string CauseOf(ImmutableArray<NodeId> joined, ImmutableArray<Departure> left, string? recut)
    {
        string[] causes =
        [
            .. left.Select(l => $"node {l.Node}: {l.Reason}"),
            .. joined.Select(node => $"node {node} has joined"),
        ];
        return causes.Length > 0 ? string.Join("; ", causes) : recut ?? "the ranks have met anew";
    }
}
