using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>
/// Starts a rank on its device and reports its progress, as NodeGrain, SiloNodes and the ranks themselves do.
/// </summary>
internal sealed class NodeGrain(World world, Node node) : Grain(world)
{
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromMilliseconds(350);

    private RankAssignment? _assignment;
    private bool _isReporting;
    private bool _aborted;

    protected override Silo? Home => node.Silo;

    protected override bool IsThere => ReferenceEquals(node.Grain, this);

    private Rank? Run
    {
        get => node.Run;
        set => node.Run = value;
    }

    public IEnumerable<Signal> StartRank(Turn turn, RankAssignment assignment)
    {
        if (
            assignment is { Parent: not null }
            && assignment.Generation.PlaceOf(node.Id)?.Link is { } link
            && link.Process != node.Silo.Link.Process
        )
        {
            yield break; // it was a member in an earlier start of the silo: the scheduler has taken the node since
        }
        if (Run is not null && IsOf(assignment.Generation.Job) && assignment.Attempt < _assignment!.Attempt)
        {
            yield break; // a late order: that attempt has ended
        }
        if (Run is { } known && IsOf(assignment.Generation.Job) && _assignment!.Attempt == assignment.Attempt)
        {
            // Who has ended is not started anew by a late order for a generation that it was a member of, or an
            // earlier one.
            if (!known.Completion.IsSet || known.Progress.Generation >= assignment.Generation.Number)
            {
                _assignment = assignment.Generation.Number >= _assignment.Generation.Number ? assignment : _assignment;
                Report();
                yield break;
            }
        }
        if (Run is { Completion.IsSet: false } running)
        {
            if (running.IsWaiting || _assignment!.Generation.Job == assignment.Generation.Job)
            {
                _aborted = true; // nobody needs it any more
                running.Abort("the job goes on without it");
            }
            if (!_aborted)
            {
                turn.Error = $"node {node} works for job {_assignment!.Generation.Job}";
                yield break;
            }
            yield return running.Completion;
        }
        _aborted = false;
        _assignment = assignment;
        World.Checks.Nodes.Starts(node, assignment);
        Run = new(World, node, assignment);
        Report();
    }

    public IEnumerable<Signal> StopRank(JobId job)
    {
        if (IsOf(job))
        {
            Run!.RequestStop();
        }
        yield break;
    }

    public IEnumerable<Signal> AbortRank(JobId job, int generation, string reason)
    {
        if (IsOf(job) && _assignment!.Generation.Number == generation)
        {
            _aborted = true;
            Run!.Abort(reason);
        }
        yield break;
    }

    protected override void Activate() { }

    private bool IsOf(JobId job) => _assignment is { } current && current.Generation.Job == job;

    // Reports from now on, until the last one has arrived.
    private void Report()
    {
        if (!_isReporting)
        {
            _isReporting = true;
            Beside(Reporting());
        }
    }

    private IEnumerable<Signal> Reporting()
    {
        while (true)
        {
            yield return World.Timeline.Sleep(ReportPeriod, node.Silo);
            var run = Run!;
            var ended = run.Completion.IsSet; // asked first: then the progress is the last one
            var isHeard = false;
            foreach (var wait in Send(run.Progress, _assignment!, heard => isHeard = heard))
            {
                yield return wait;
            }
            if (isHeard && ended && ReferenceEquals(run, Run))
            {
                break;
            }
        }
        _isReporting = false;
    }

    // True where nobody needs to hear it again.
    private IEnumerable<Signal> Send(ShardReport progress, RankAssignment assignment, Action<bool> heard)
    {
        var generation = assignment.Generation;
        if (progress.Generation == 0 || (progress.Generation < generation.Number && progress.Ended == 0))
        {
            heard(true); // no member yet, or one that has left
            yield break;
        }
        var job = World.Jobs[generation.Job];
        if (progress.Generation > generation.Number || assignment.Parent is null)
        {
            if (progress.FirstRank == 0)
            {
                yield return job.Call(node.Silo, turn => job.Follow(turn, progress.Generation));
            }
            yield break;
        }
        var tree = job.TreeOf(generation);
        var answer = tree.Call(node.Silo, turn => tree.Report(turn, progress));
        yield return answer;
        if (!answer.HasFailed && answer.Value is true)
        {
            heard(true);
        }
        else if (!answer.HasFailed)
        {
            yield return job.Call(node.Silo, turn => job.Follow(turn, generation.Number)); // the tree is broken
        }
    }
}
