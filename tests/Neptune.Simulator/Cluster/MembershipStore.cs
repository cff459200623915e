using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Simulator;

/// <summary>
/// The membership store, as silo/Neptune.Storage has it: tables by job, and generations whose number is set once. It
/// may be away, and it may fail before or after it has done what was asked.
/// </summary>
internal sealed class MembershipStore(World world)
{
    private readonly Dictionary<JobId, Records> _jobs = [];

    private sealed class Records
    {
        public List<Generation> Generations { get; } = [];
        public SortedDictionary<int, Dictionary<(NodeId, bool), RankStatement>> Statements { get; } = [];
        public Dictionary<NodeId, Candidate> Candidates { get; } = [];
        public Dictionary<NodeId, Departure> Departures { get; } = [];

        /// <summary>What was read last; null where something has changed since.</summary>
        public MembershipFacts? Facts { get; set; }
    }

    /// <summary>True while it does not answer.</summary>
    public bool IsAway { get; set; }

    /// <summary>The share of calls that fail.</summary>
    public double Errors { get; set; }

    /// <summary>When something was last wrong with it.</summary>
    public TimeSpan DisturbedAt { get; set; }

    /// <summary>The newest generation as it is, for invariants.</summary>
    public Generation? Newest(JobId job) => Of(job).Generations.LastOrDefault();

    /// <summary>True where a generation is the one of its number, for invariants.</summary>
    public bool IsSet(Generation generation) =>
        Of(generation.Job).Generations.Exists(g => g.Number == generation.Number && g.Token == generation.Token);

    /// <summary>See <see cref="IMembershipStore.CurrentAsync"/>.</summary>
    public Reply<Generation?> Current(Silo from, JobId job) => Ask(from, () => Newest(job));

    /// <summary>See <see cref="IMembershipStore.TryAppendAsync"/>.</summary>
    /// <param name="from">Who asks.</param>
    /// <param name="next">The generation.</param>
    /// <param name="facts">What it was planned from; null where it begins or ends an attempt. For invariants
    /// only.</param>
    public Reply<bool> TryAppend(Silo from, Generation next, MembershipFacts? facts) =>
        Ask(from, () => Append(next, facts));

    /// <summary>See <see cref="IMembershipStore.FactsAsync"/>.</summary>
    public Reply<MembershipFacts> Facts(Silo from, Generation current) =>
        Ask(
            from,
            () =>
            {
                var records = Of(current.Job);
                var known = records.Facts;
                return known?.Current.Token == current.Token
                    ? known
                    : records.Facts = new(
                        current,
                        [.. StatementsOf(records, current.Number)],
                        [.. records.Candidates.Values],
                        [.. records.Departures.Values]
                    );
            }
        );

    /// <summary>See <see cref="IMembershipStore.StateAsync"/>.</summary>
    public Reply<bool> State(Silo from, JobId job, RankStatement statement) =>
        Do(
            from,
            job,
            () =>
            {
                var statements = Of(job).Statements;
                if (!statements.TryGetValue(statement.Generation, out var known))
                {
                    statements[statement.Generation] = known = [];
                }
                known[(statement.Node, statement.IsAhead)] = statement;
            }
        );

    /// <summary>See <see cref="IMembershipStore.OfferAsync"/>.</summary>
    public Reply<bool> Offer(Silo from, JobId job, Candidate candidate) =>
        Do(from, job, () => Of(job).Candidates[candidate.Node] = candidate);

    /// <summary>See <see cref="IMembershipStore.WithdrawAsync"/>.</summary>
    public Reply<bool> Withdraw(Silo from, JobId job, NodeId node) =>
        Do(from, job, () => Of(job).Candidates.Remove(node));

    /// <summary>See <see cref="IMembershipStore.DepartAsync"/>.</summary>
    public Reply<bool> Depart(Silo from, JobId job, Departure departure) =>
        Do(from, job, () => Of(job).Departures[departure.Node] = departure);

    /// <summary>See <see cref="IMembershipStore.StayAsync"/>.</summary>
    public Reply<bool> Stay(Silo from, JobId job, NodeId node) => Do(from, job, () => Of(job).Departures.Remove(node));

    /// <summary>See <see cref="IMembershipStore.ForgetAsync"/>.</summary>
    public Reply<bool> Forget(Silo from, JobId job) =>
        Do(
            from,
            job,
            () =>
            {
                var records = Of(job);
                records.Candidates.Clear();
                records.Departures.Clear();
                var last = Newest(job)?.Number ?? 0;
                records.Statements.Remove(last - 1);
                records.Statements.Remove(last);
            }
        );

    private static IEnumerable<RankStatement> StatementsOf(Records records, int generation) =>
        records.Statements.TryGetValue(generation, out var statements) ? statements.Values : [];

    private bool Append(Generation next, MembershipFacts? facts)
    {
        var records = Of(next.Job);
        var known = records.Generations.FirstOrDefault(g => g.Number == next.Number);
        if (known is not null && world.Mutation != Mutation.StoreOverwrites)
        {
            return known.Token == next.Token;
        }
        world.Checks.Records.Append(records.Generations, next, facts);
        records.Generations.RemoveAll(g => g.Number == next.Number);
        records.Generations.Add(next);
        records.Facts = null;
        records.Statements.Remove(next.Number - 2);
        foreach (var node in next.Joined.Concat(next.Left.Select(left => left.Node)))
        {
            records.Candidates.Remove(node);
        }
        world.Timeline.Tell(() =>
            $"store: {next.Job} generation {next.Number} of {next.WorldSize} ranks from "
            + $"{next.From?.ToString() ?? "the start"}: "
            + next.Cause
        );
        return true;
    }

    private Reply<bool> Do(Silo from, JobId job, Action action) =>
        Ask(
            from,
            () =>
            {
                action();
                Of(job).Facts = null;
                return true;
            }
        );

    private Reply<T> Ask<T>(Silo from, Func<T> operation)
    {
        var (timeline, network) = (world.Timeline, world.Network);
        var reply = new Reply<T>();
        var incarnation = from.Incarnation;
        timeline.After(
            network.Delay(),
            null,
            () =>
            {
                if (IsAway || network.IsCut(from.Name, Network.Store))
                {
                    Answer(TimeSpan.FromMilliseconds(50), () => reply.Fail("the store does not answer"));
                    return;
                }
                var fails = Errors > 0 && timeline.Chance(Errors);
                if (fails && timeline.Chance(0.5))
                {
                    Answer(network.Delay(), () => reply.Fail("the store failed before"));
                    return;
                }
                var value = operation();
                Answer(
                    network.Delay(),
                    () =>
                    {
                        if (fails)
                        {
                            reply.Fail("the store failed after");
                        }
                        else
                        {
                            reply.Answer(value);
                        }
                    }
                );
            }
        );
        return reply;

        void Answer(TimeSpan delay, Action action)
        {
            if (from.Incarnation == incarnation)
            {
                timeline.After(delay, from, action);
            }
        }
    }

    private Records Of(JobId job)
    {
        if (!_jobs.TryGetValue(job, out var records))
        {
            _jobs[job] = records = new();
        }
        return records;
    }
}
