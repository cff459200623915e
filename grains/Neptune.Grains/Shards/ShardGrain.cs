using Microsoft.Extensions.Logging;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Grains;

/// <summary>Halves its ranks down to one node each, and merges reports on the way back.</summary>
[GrainType("neptune.shard")]
internal sealed partial class ShardGrain(TimeProvider time, ILogger<ShardGrain> logger) : Grain, IShardGrain
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    // Reports of many ranks go up as one: the traffic of each grain does not depend on how many there are below.
    private static readonly TimeSpan ForwardPeriod = TimeSpan.FromMilliseconds(350);

    private readonly SortedDictionary<int, ShardReport> _reports = [];
    private ShardAssignment? _assignment;
    private IGrainTimer? _forwarding;
    private bool _dirty;
    private bool _sending;
    private ShardReport? _sent;
    private long _sentAt;

    public async Task StartAsync(ShardAssignment assignment)
    {
        _assignment = assignment;
        try
        {
            await (
                assignment.RankCount == 1
                    ? StartNodeAsync(assignment)
                    : Task.WhenAll(Children(assignment).Select(child => ShardOf(child).StartAsync(child)))
            );
        }
        catch (Exception error) when (assignment.IsUnderWay)
        {
            LogNotTold(error, this.GetPrimaryKeyString()); // the ranks run, and only lose sight of this part
        }
        catch (Exception error) when (assignment.RankCount > 1)
        {
            await AbortAsync($"another part of the generation could not start: {error.Message}");
            throw;
        }
    }

    public Task<bool> ReportAsync(ShardReport report)
    {
        if (_assignment is null)
        {
            return Task.FromResult(false);
        }
        if (report.Generation != _assignment.Generation.Number)
        {
            return Task.FromResult(true);
        }
        if (_reports.TryGetValue(report.FirstRank, out var known) && known.Ended > report.Ended)
        {
            return Task.FromResult(true); // an old report that a newer one has overtaken
        }
        _reports[report.FirstRank] = report;
        _dirty = true;
        // A report goes up in a turn of its own, that interleaves: a parent that waits for this grain cannot block it.
        _forwarding ??= this.RegisterGrainTimer(
            static (self, _) => self.ForwardAsync(),
            this,
            new()
            {
                DueTime = TimeSpan.Zero,
                Period = Timeout.InfiniteTimeSpan,
                Interleave = true,
            }
        );
        if (!_sending)
        {
            _forwarding.Change(PauseBeforeNext(), Timeout.InfiniteTimeSpan);
        }
        return Task.FromResult(true);
    }

    public Task StopAsync() =>
        OnEachAsync(child => child.StopAsync(), (node, generation) => node.StopRankAsync(generation.Job));

    public Task AbortAsync(string reason) =>
        OnEachAsync(
            child => child.AbortAsync(reason),
            (node, generation) => node.AbortRankAsync(generation.Job, generation.Number, reason)
        );

    private Task OnEachAsync(Func<IShardGrain, Task> onChild, Func<INodeGrain, Generation, Task> onNode) =>
        _assignment switch
        {
            null => Task.CompletedTask,
            { RankCount: 1 } leaf => onNode(NodeOf(leaf), leaf.Generation),
            var inner => Task.WhenAll(Children(inner).Select(child => onChild(ShardOf(child)))),
        };

    private async Task ForwardAsync()
    {
        if (_sending)
        {
            return;
        }
        _sending = true;
        try
        {
            while (_dirty && PauseBeforeNext() == TimeSpan.Zero)
            {
                _dirty = false;
                var report = Merged();
                await SendAsync(report);
                (_sent, _sentAt) = (report, time.GetTimestamp());
            }
        }
        catch (Exception error)
        {
            // The last report ends the job: it must arrive, so it is sent again until it has.
            LogNotSent(error, this.GetPrimaryKeyString());
            _dirty = true;
            _forwarding!.Change(RetryPause, Timeout.InfiniteTimeSpan);
            return;
        }
        finally
        {
            _sending = false;
        }
        if (_dirty)
        {
            _forwarding!.Change(PauseBeforeNext(), Timeout.InfiniteTimeSpan);
        }
        else if (Merged().Ended == _assignment!.RankCount)
        {
            DeactivateOnIdle();
        }
    }

    // What changes the job's phase goes up at once, progress a few times a second.
    private TimeSpan PauseBeforeNext()
    {
        if (_sent is null)
        {
            return TimeSpan.Zero;
        }
        var next = Merged();
        var isUrgent =
            (next.Ended == next.RankCount && _sent.Ended < next.Ended)
            || (next.Ready == next.RankCount && _sent.Ready < next.Ready)
            || (_sent.Failures.IsEmpty && !next.Failures.IsEmpty);
        var pause = ForwardPeriod - time.GetElapsedTime(_sentAt);
        return isUrgent || pause < TimeSpan.Zero ? TimeSpan.Zero : pause;
    }

    private async Task SendAsync(ShardReport report)
    {
        var generation = _assignment!.Generation;
        var job = GrainFactory.GetGrain<IJobGrain>(generation.Job.Value);
        if (_assignment.Parent is not { } parent)
        {
            await job.ReportAsync(report);
        }
        else if (!await GrainFactory.GetGrain<IShardGrain>(parent).ReportAsync(report))
        {
            await job.FollowAsync(generation.Number); // the silo of the parent has died, and the tree with it
            throw new OrleansException($"{parent} has lost its memory.");
        }
    }

    // The children's reports in the order of their ranks; one that has not spoken counts as silent.
    private ShardReport Merged()
    {
        var assignment = _assignment!;
        var parts = assignment.RankCount == 1 ? [assignment] : Children(assignment);
        return parts
            .Select(part =>
                _reports.GetValueOrDefault(part.FirstRank)
                ?? ReportMerge.Silent(part.Generation.Job, part.Generation.Number, part.FirstRank, part.RankCount)
            )
            .Aggregate(ReportMerge.Merge);
    }

    private Task StartNodeAsync(ShardAssignment leaf) =>
        NodeOf(leaf)
            .StartRankAsync(
                new()
                {
                    Spec = leaf.Spec,
                    Generation = leaf.Generation,
                    Dataset = leaf.Dataset,
                    Attempt = leaf.Attempt,
                    Node = leaf.Ranks[0].Node,
                    Parent = this.GetPrimaryKeyString(),
                }
            );

    private static ShardAssignment[] Children(ShardAssignment assignment)
    {
        var (left, right) = RankHalving.Split(assignment.FirstRank, assignment.RankCount);
        return
        [
            assignment with
            {
                FirstRank = left.First,
                RankCount = left.Count,
                Parent = assignment.Key,
            },
            assignment with
            {
                FirstRank = right.First,
                RankCount = right.Count,
                Parent = assignment.Key,
            },
        ];
    }

    private IShardGrain ShardOf(ShardAssignment part) => GrainFactory.GetGrain<IShardGrain>(part.Key);

    private INodeGrain NodeOf(ShardAssignment leaf) => GrainFactory.GetGrain<INodeGrain>(leaf.Ranks[0].Node.Value);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Shards} could not be given all of its new tree")]
    private partial void LogNotTold(Exception error, string shards);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A report of {Shards} did not arrive and is sent again")]
    private partial void LogNotSent(Exception error, string shards);
}
