using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>A job's life as a pure function: a state and an event give the next state and what to do then.</summary>
public static partial class JobStateMachine
{
    /// <summary>A next state, and the commands to carry out once it is persisted.</summary>
    public sealed record Outcome(JobState State, params ImmutableArray<JobCommand> Commands);

    /// <summary>A job that nobody knew is queued.</summary>
    /// <param name="id">The job.</param>
    /// <param name="spec">What it trains.</param>
    /// <param name="dataset">The data set's version that it is pinned to.</param>
    /// <param name="now">The time.</param>
    /// <param name="modules">The users' modules that it runs.</param>
    public static Outcome Submit(
        JobId id,
        JobSpec spec,
        DatasetInfo dataset,
        DateTimeOffset now,
        params ImmutableArray<NodeModule> modules
    )
    {
        var state = new JobState
        {
            Attempt = 1,
            Dataset = dataset,
            Modules = modules,
            Snapshot = new()
            {
                Id = id,
                Phase = JobPhase.Queued,
                Spec = spec,
                SubmittedAt = now,
                Step = spec.From?.Step ?? 0,
                Reason = "waits for the scheduler",
                Revision = 1,
            },
        };
        return new(state, EnqueueOf(state));
    }

    /// <summary>The same job is submitted again: where it waits, the scheduler may not have heard of it.</summary>
    public static Outcome SubmitAgain(JobState state) =>
        state.Snapshot.Phase == JobPhase.Queued ? new(state, EnqueueOf(state)) : new(state);

    /// <summary>The scheduler explains a wait.</summary>
    public static Outcome ExplainWait(JobState state, string reason) =>
        state.Snapshot.Phase == JobPhase.Queued && state.Snapshot.Reason != reason
            ? new(Changed(state, s => s with { Reason = reason }))
            : new(state);

    /// <summary>
    /// The scheduler grants nodes to an attempt. A grant to an earlier attempt is dropped: that attempt's end gave its
    /// nodes back. One to an attempt that has ended gives them back now.
    /// </summary>
    /// <param name="state">The job.</param>
    /// <param name="attempt">Which attempt the scheduler speaks of.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="newest">The number of the newest membership in the store; 0 where there is none.</param>
    /// <param name="token">The next membership's secret.</param>
    /// <param name="now">The time.</param>
    public static Outcome Grant(
        JobState state,
        int attempt,
        ImmutableArray<GrantedNode> nodes,
        int newest,
        string token,
        DateTimeOffset now
    )
    {
        var snapshot = state.Snapshot;
        if (attempt != state.Attempt)
        {
            return new(state);
        }
        if (snapshot.Phase is JobPhase.Starting or JobPhase.Running && state.Generation is { } known)
        {
            return GrantMore(state, known, nodes, now);
        }
        if (snapshot.Phase != JobPhase.Queued)
        {
            return snapshot.HasEnded ? new(state, new JobCommand.Release()) : new(state);
        }
        var generation = GenerationPlanner.Plan(
            snapshot.Id,
            Math.Max(snapshot.Generation, newest) + 1,
            snapshot.Spec.Shards,
            nodes,
            token
        ) with
        {
            Attempt = attempt,
            At = now,
            Cause = attempt == 1 ? "the job starts" : "the job goes on",
            Joined = [.. nodes.Select(n => n.Node)],
        };
        var next = Changed(
            state,
            s =>
                s with
                {
                    Phase = JobPhase.Starting,
                    Reason = "",
                    Generation = generation.Number,
                    Ranks = generation.Ranks,
                    Generations = s.Generations.Add(
                        ChangeOf(generation, state.StepsLost) with
                        {
                            From = attempt == 1 ? new(s.Step, 0) : default, // a fork does not begin at 0
                        }
                    ),
                    NumericsDiffer =
                        s.NumericsDiffer || nodes.Select(n => n.NumericsFingerprint).Distinct().Count() > 1,
                }
        );
        next = next with
        {
            Generation = generation,
            Lost = [],
            Recruits = [],
            Leaving = [],
            LastReport = null,
            StepsLost = 0,
        };
        return new(next, [new JobCommand.StartTree(generation), .. GrowthOf(next)]);
    }

    /// <summary>
    /// The same, knowing the newest membership itself: while the attempt before is not released, its ranks may still
    /// train, and a coordinator that died may still set what it planned. It is released first.
    /// </summary>
    /// <param name="state">The job.</param>
    /// <param name="attempt">Which attempt the scheduler speaks of.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="newest">The newest membership in the store; null where there is none.</param>
    /// <param name="token">The next membership's secret.</param>
    /// <param name="now">The time.</param>
    public static Outcome Grant(
        JobState state,
        int attempt,
        ImmutableArray<GrantedNode> nodes,
        Generation? newest,
        string token,
        DateTimeOffset now
    )
    {
        if (attempt != state.Attempt || state.Snapshot.Phase != JobPhase.Queued || IsReleased(state, newest))
        {
            return Grant(state, attempt, nodes, newest?.Number ?? 0, token, now);
        }
        var next = Changed(state, s => s) with { Attempt = state.Attempt + 1 };
        return new(next, new JobCommand.Release(), EnqueueOf(next));
    }

    /// <summary>The tree of ShardGrains reports; one of another generation, or after the end, is dropped.</summary>
    /// <param name="state">The job.</param>
    /// <param name="report">The report.</param>
    /// <param name="now">The time.</param>
    /// <param name="resumes">True where a job whose ranks were ended through no fault of its own goes on by
    /// itself.</param>
    public static Outcome Report(JobState state, ShardReport report, DateTimeOffset now, bool resumes = true)
    {
        var snapshot = state.Snapshot;
        if (report.Generation != snapshot.Generation || !IsUnderWay(snapshot.Phase))
        {
            return new(state);
        }
        // Where ranks have died before they could say that they are ready, a package says that all have trained.
        var started = report.Ready == report.RankCount || report.Ended > 0 || report.Package is not null;
        // At an epoch's end nothing of the next one is known: its own numbers are the newest then.
        var closed = report.Epochs.Length > snapshot.Epochs.Length ? report.Epochs[^1] : null;
        var next = Changed(
            state,
            s =>
                s with
                {
                    Phase = s.Phase == JobPhase.Starting && started ? JobPhase.Running : s.Phase,
                    Step = Math.Max(s.Step, report.Step),
                    TotalSteps = Math.Max(s.TotalSteps, report.TotalSteps),
                    Loss = double.IsNaN(report.Loss) ? closed?.Loss ?? s.Loss : report.Loss,
                    Accuracy = report.Accuracy ?? closed?.Accuracy ?? s.Accuracy,
                    Metrics = !report.Metrics.IsEmpty ? report.Metrics : closed?.Metrics ?? s.Metrics,
                    SamplesPerSecond = report.Seconds > 0 ? report.Samples / report.Seconds : s.SamplesPerSecond,
                    Epochs = report.Epochs.Length >= s.Epochs.Length ? report.Epochs : s.Epochs,
                    Package = Newer(s.Package, report.Package),
                    Times = report.Times.Steps > 0 ? report.Times : s.Times,
                    Generations = WithBeginning(s.Generations, report),
                    StartedAt = s.StartedAt ?? (started ? now : null),
                }
        ) with
        {
            LastReport = report,
            OpenCharges = state.OpenCharges.RemoveAll(c => c.Step < report.Step), // without those nodes all went well
        };
        return IsOver(next) ? End(next, report, resumes, now) : new(next);
    }

    /// <summary>The registry has given the finished package a version: the job has succeeded.</summary>
    public static Outcome Registered(JobState state, PackageRef package, DateTimeOffset now) =>
        IsUnderWay(state.Snapshot.Phase)
            ? Ended(state, JobPhase.Succeeded, "", now, s => s with { Package = package })
            : new(state);

    /// <summary>The owner ends the job: at once in the queue, at a step boundary when it runs.</summary>
    public static Outcome Cancel(JobState state, string reason, DateTimeOffset now) =>
        state.Snapshot.Phase switch
        {
            JobPhase.Queued or JobPhase.Paused => Ended(state, JobPhase.Cancelled, reason, now),
            JobPhase.Starting or JobPhase.Running => new(
                Changed(state, s => s with { Phase = JobPhase.Cancelling, Reason = reason }),
                new JobCommand.StopTree(state.Generation!)
            ),
            JobPhase.Cancelling => new(state, new JobCommand.StopTree(state.Generation!)),
            _ => new(state),
        };

    /// <summary>A job that stopped goes on from its last package, or anew where it has none.</summary>
    /// <exception cref="ConflictException">The job runs, or has succeeded.</exception>
    public static Outcome Resume(JobState state)
    {
        var snapshot = state.Snapshot;
        if (snapshot.Phase is not (JobPhase.Paused or JobPhase.Cancelled or JobPhase.Failed))
        {
            throw new ConflictException(
                $"Job {snapshot.Id} is {snapshot.Phase}: only a paused, cancelled or failed job can be resumed."
            );
        }
        var next = Again(state with { OpenCharges = [] }, "waits for the scheduler");
        return new(next, EnqueueOf(next));
    }

    /// <summary>A node was gone before the ranks could start: nothing is lost, and the job queues for others.</summary>
    public static Outcome StartAgain(JobState state, string reason, DateTimeOffset now)
    {
        if (state.Snapshot.Phase != JobPhase.Starting)
        {
            return new(state); // its ranks met: they go on without the node by themselves
        }
        var next = Again(state, reason);
        return new(next, new JobCommand.Release(), EnqueueOf(next));
    }

    // True where the job has nodes, and ranks that report.
    private static bool IsUnderWay(JobPhase phase) =>
        phase is JobPhase.Starting or JobPhase.Running or JobPhase.Cancelling;

    // True where nobody can train for the job any more: all that it planned was set, and dissolved.
    private static bool IsReleased(JobState state, Generation? newest) =>
        newest is null
            ? state.Snapshot.Generation == 0
            : newest.IsDissolved && newest.Number >= state.Snapshot.Generation;

    private static bool IsFinal(ShardReport report) =>
        report.Package is { } package && (report.Stopped || package.Step == report.TotalSteps);

    // Back into the queue, to go on from the last package, or anew where there is none.
    private static JobState Again(JobState state, string reason)
    {
        var package = state.Snapshot.Package;
        var step = package?.Step ?? state.Snapshot.Spec.From?.Step ?? 0;
        return Changed(
            state,
            s =>
                s with
                {
                    Phase = JobPhase.Queued,
                    Reason = reason,
                    EndedAt = null,
                    Step = step,
                    Epochs = [.. s.Epochs.Take(package?.Epoch ?? 0)],
                    Spec = s.Spec with { ResumeFrom = package?.Artifact ?? s.Spec.ResumeFrom },
                }
        ) with
        {
            Attempt = state.Attempt + 1,
            StepsLost = Math.Max(0, state.Snapshot.Step - step),
        };
    }

    private static JobCommand.Enqueue EnqueueOf(JobState state)
    {
        var spec = state.Snapshot.Spec;
        var least = spec.LeastNodes ?? (state.Snapshot.StartedAt is null ? spec.Nodes : 1);
        return new(
            new(
                state.Snapshot.Id,
                state.Attempt,
                spec.Nodes,
                spec.MixedNumerics,
                Least: least < spec.Nodes ? least : null
            )
            {
                Modules = state.Modules,
            }
        );
    }

    // All ranks have ended, or those that have not are lost with their nodes.
    private static bool IsOver(JobState state) =>
        state.LastReport is { Ended: > 0 } report && report.Ended + state.Lost.Length >= report.RankCount;

    private static Outcome End(JobState state, ShardReport report, bool resumes, DateTimeOffset now)
    {
        var failure = report.Failures.FirstOrDefault(); // consequences come last
        if (failure is { IsConsequence: false })
        {
            return Ended(state, JobPhase.Failed, failure.Message, now);
        }
        if (report.WeightsSha256.Length > 1 && !state.Snapshot.NumericsDiffer)
        {
            return Ended(
                state,
                JobPhase.Failed,
                $"The replicas' weights differ ({string.Join(", ", report.WeightsSha256.Select(h => h[..12]))}): "
                    + "a node computes wrongly, and nobody knows since when. What this attempt made is not kept; "
                    + "resuming goes back to where it began.",
                now,
                s => s with { Package = null }
            );
        }
        if (failure is not null || !IsFinal(report))
        {
            // No rank is at fault: they were ended because others were, or the result is lost with who wrote it.
            return GoOn(state, failure?.Message ?? "the nodes that had the result are lost", resumes, now);
        }
        if (report.Stopped)
        {
            return Ended(state, JobPhase.Cancelled, state.Snapshot.Reason, now);
        }
        if (state.Snapshot.Spec.Verifies is not null)
        {
            return Registered(state, report.Package!, now); // it is compared, and not registered
        }
        return new(state, new JobCommand.Register(report.Package!, state.Snapshot.Epochs.LastOrDefault()));
    }

    // From the last package, by itself or when its owner says so.
    private static Outcome GoOn(JobState state, string reason, bool resumes, DateTimeOffset now)
    {
        if (state.Snapshot.Phase == JobPhase.Cancelling)
        {
            return Ended(state, JobPhase.Cancelled, state.Snapshot.Reason, now);
        }
        if (!resumes)
        {
            return Ended(state, JobPhase.Paused, reason, now);
        }
        var next = Again(state, $"goes on from its last package: {reason}");
        return new(next, new JobCommand.Release(), EnqueueOf(next));
    }

    private static PackageRef? Newer(PackageRef? known, PackageRef? reported) =>
        reported is null || (known is not null && known.Step > reported.Step) ? known
        : known is not null && known.Artifact == reported.Artifact ? known
        : reported;

    // Nobody stays fenced for what will not be known any more.
    private static Outcome Ended(
        JobState state,
        JobPhase phase,
        string reason,
        DateTimeOffset now,
        Func<JobSnapshot, JobSnapshot>? and = null
    ) =>
        new(
            Changed(state, s => (and is null ? s : and(s)) with { Phase = phase, Reason = reason, EndedAt = now }) with
            {
                Accused = state.Accused.RemoveRange(state.OpenCharges.Select(c => c.Accused)),
            },
            [.. PardonsOf(state), new JobCommand.Release()]
        );

    private static IEnumerable<JobCommand> PardonsOf(JobState state) =>
        state.OpenCharges.IsEmpty ? [] : [new JobCommand.Pardon([.. state.OpenCharges.Select(c => c.Accused)])];

    private static JobState Changed(JobState state, Func<JobSnapshot, JobSnapshot> change) =>
        state with
        {
            Snapshot = change(state.Snapshot) with { Revision = state.Snapshot.Revision + 1 },
        };
}
