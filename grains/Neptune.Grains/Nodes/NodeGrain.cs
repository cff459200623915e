using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Grains;

/// <summary>Starts a rank on its device and reports its progress a few times a second.</summary>
[GrainType("neptune.node"), NodePlacement]
internal sealed class NodeGrain(INodeWorkers workers) : Grain, INodeGrain
{
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromMilliseconds(350);

    private RankAssignment? _assignment;
    private IRankRun? _run;
    private IGrainTimer? _reporting;
    private bool _sending;
    private bool _aborted;

    public async Task StartRankAsync(RankAssignment assignment)
    {
        if (_run is not null && IsOf(assignment.Generation.Job) && assignment.Attempt < _assignment!.Attempt)
        {
            return; // a late order: that attempt has ended
        }
        if (_run is { } known && IsOf(assignment.Generation.Job) && _assignment!.Attempt == assignment.Attempt)
        {
            // Who has ended is not started anew by a late order for a generation that it was a member of, or an earlier one.
            if (!known.Completion.IsCompleted || known.Progress.Generation >= assignment.Generation.Number)
            {
                _assignment = assignment.Generation.Number >= _assignment.Generation.Number ? assignment : _assignment;
                Report(known);
                return;
            }
        }
        if (_run is { Completion.IsCompleted: false })
        {
            if (_run.IsWaiting || _assignment!.Generation.Job == assignment.Generation.Job)
            {
                _aborted = true; // nobody needs it any more
                _run.Abort("the job goes on without it");
            }
            if (!_aborted)
            {
                throw new ConflictException(
                    $"Node {this.GetPrimaryKeyString()} works for job {_assignment!.Generation.Job}, "
                        + $"generation {_assignment.Generation.Number}."
                );
            }
            await _run.Completion; // it was told to end, and does within a step
        }
        _aborted = false;
        _assignment = assignment;
        _run = workers.StartRank(assignment);
        Report(_run);
    }

    public Task StopRankAsync(JobId job, int generation)
    {
        if (IsOf(job))
        {
            _run!.RequestStop();
        }
        return Task.CompletedTask;
    }

    public Task<RankTrace?> TraceAsync(JobId job, int generation) => Task.FromResult(IsOf(job) ? _run?.Trace : null);

    public Task AbortRankAsync(JobId job, int generation, string reason)
    {
        if (IsOf(job) && _assignment!.Generation.Number == generation)
        {
            _aborted = true;
            _run!.Abort(reason);
        }
        return Task.CompletedTask;
    }

    // Reports from now on, until the last one has arrived.
    private void Report(IRankRun run)
    {
        _reporting?.Dispose();
        _reporting = this.RegisterGrainTimer(
            static (self, _) => self.ReportAsync(),
            this,
            new()
            {
                DueTime = ReportPeriod,
                Period = ReportPeriod,
                Interleave = true,
                KeepAlive = true,
            }
        );
        ReportEndAsync(run).Ignore();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        var run = _run;
        _run = null; // no report any more: the job is not at fault, and pauses when it is looked after again
        _reporting?.Dispose();
        if (run is { Completion.IsCompleted: false })
        {
            run.Abort("its silo stops");
            await run.Completion.WaitAsync(cancellationToken);
        }
    }

    private bool IsOf(JobId job) => _assignment is { } current && current.Generation.Job == job;

    private async Task ReportEndAsync(IRankRun run)
    {
        await run.Completion;
        if (ReferenceEquals(run, _run))
        {
            _reporting?.Change(TimeSpan.Zero, ReportPeriod);
        }
    }

    private async Task ReportAsync()
    {
        if (_sending || _run is not { } run)
        {
            return;
        }
        _sending = true;
        try
        {
            var ended = run.Completion.IsCompleted; // asked first: then the progress is the last one
            var isHeard = await SendAsync(run.Progress, _assignment!);
            if (isHeard && ended && ReferenceEquals(run, _run))
            {
                _reporting?.Dispose();
                _reporting = null;
            }
        }
        finally
        {
            _sending = false;
        }
    }

    // True where nobody needs to hear it again.
    private async Task<bool> SendAsync(ShardReport progress, RankAssignment assignment)
    {
        var generation = assignment.Generation;
        if (progress.Generation == 0 || (progress.Generation < generation.Number && progress.Ended == 0))
        {
            return true; // no member yet, or one that has left
        }
        var job = GrainFactory.GetGrain<IJobGrain>(generation.Job.Value);
        if (progress.Generation > generation.Number || assignment.Parent is not { } parent)
        {
            if (progress.FirstRank == 0)
            {
                await job.FollowAsync(progress.Generation);
            }
            return false;
        }
        if (await GrainFactory.GetGrain<IShardGrain>(parent).ReportAsync(progress))
        {
            return true;
        }
        await job.FollowAsync(generation.Number); // the tree has lost its memory with a silo
        return false;
    }
}
