using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Simulator;

/// <summary>
/// The tree of ShardGrains of one generation as one grain: it starts the ranks and merges their reports by halves, as
/// grains/Neptune.Grains/Shards/ShardGrain.cs does. It forgets all when its silo dies.
/// </summary>
internal sealed class TreeGrain(World world, JobGrain job, Generation generation) : Grain(world)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ForwardPeriod = TimeSpan.FromMilliseconds(350);

    private readonly Dictionary<int, ShardReport> _reports = [];
    private ShardAssignment? _assignment;
    private ShardReport? _sent;
    private TimeSpan _sentAt;
    private bool _dirty;
    private bool _forwards;

    public IEnumerable<Signal> Start(Turn turn, ShardAssignment assignment)
    {
        _assignment = assignment;
        var starts = generation.Ranks.Select(rank => StartNode(assignment, rank)).ToArray();
        foreach (var start in starts)
        {
            yield return start;
        }
        if (!assignment.IsUnderWay && starts.FirstOrDefault(s => s.HasFailed) is { } failed)
        {
            turn.Error = failed.Error;
            foreach (var rank in generation.Ranks)
            {
                if (World.NodeOf(rank.Node).Grain is { } node)
                {
                    node.Call(Host, _ => node.AbortRank(generation.Job, generation.Number, failed.Error!));
                }
            }
        }
    }

    public IEnumerable<Signal> Report(Turn turn, ShardReport report)
    {
        turn.Result = _assignment is not null;
        if (
            _assignment is null
            || report.Generation != generation.Number
            || (_reports.TryGetValue(report.FirstRank, out var known) && known.Ended > report.Ended)
        )
        {
            yield break; // not started, of another generation, or one that a newer one has overtaken
        }
        _reports[report.FirstRank] = report;
        _dirty = true;
        if (!_forwards)
        {
            _forwards = true;
            Beside(Forward());
        }
    }

    public IEnumerable<Signal> Stop()
    {
        foreach (var rank in generation.Ranks)
        {
            if (_assignment is not null && World.NodeOf(rank.Node).Grain is { } node)
            {
                node.Call(Host, _ => node.StopRank(generation.Job));
            }
        }
        yield break;
    }

    protected override void Activate()
    {
        _reports.Clear();
        (_assignment, _sent, _dirty, _forwards) = (null, null, false, false);
    }

    private Reply<object?> StartNode(ShardAssignment assignment, RankPlacement rank)
    {
        if (World.NodeOf(rank.Node).Grain is not { } node)
        {
            var failed = new Reply<object?>();
            World.Timeline.After(World.Network.Delay(), Host, () => failed.Fail($"node {rank.Node} is gone"));
            return failed;
        }
        var order = new RankAssignment
        {
            Spec = assignment.Spec,
            Generation = generation,
            Dataset = assignment.Dataset,
            Attempt = assignment.Attempt,
            Node = rank.Node,
            Parent = assignment.Key,
        };
        return node.Call(Host, turn => node.StartRank(turn, order));
    }

    private IEnumerable<Signal> Forward()
    {
        while (_dirty)
        {
            var pause = IsUrgent() ? TimeSpan.Zero : _sentAt + ForwardPeriod - World.Timeline.Now;
            if (pause > TimeSpan.Zero)
            {
                yield return World.Timeline.Sleep(pause, Host);
            }
            _dirty = false;
            var report = Merged(0, generation.WorldSize);
            var told = job.Call(Host, turn => job.Report(turn, report));
            yield return told;
            if (told.HasFailed)
            {
                // The last report ends the job: it must arrive, so it is sent again until it has.
                _dirty = true;
                yield return World.Timeline.Sleep(RetryPause, Host);
                continue;
            }
            (_sent, _sentAt) = (report, World.Timeline.Now);
        }
        _forwards = false;
    }

    private bool IsUrgent()
    {
        if (_sent is null)
        {
            return true;
        }
        var next = Merged(0, generation.WorldSize);
        return (next.Ended == next.RankCount && _sent.Ended < next.Ended)
            || (next.Ready == next.RankCount && _sent.Ready < next.Ready)
            || (_sent.Failures.IsEmpty && !next.Failures.IsEmpty);
    }

    private ShardReport Merged(int first, int count)
    {
        if (count == 1)
        {
            return _reports.GetValueOrDefault(first) ?? ReportMerge.Silent(generation.Job, generation.Number, first, 1);
        }
        var (left, right) = RankHalving.Split(first, count);
        return ReportMerge.Merge(Merged(left.First, left.Count), Merged(right.First, right.Count));
    }
}
