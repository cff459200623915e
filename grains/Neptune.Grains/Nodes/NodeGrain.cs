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
        if (_run is { Completion.IsCompleted: false })
        {
            if (IsCurrent(assignment.Generation.Job, assignment.Generation.Number))
            {
                return;
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
        ReportEndAsync(_run).Ignore();
    }

    public Task StopRankAsync(JobId job, int generation)
    {
        if (IsCurrent(job, generation))
        {
            _run!.RequestStop();
        }
        return Task.CompletedTask;
    }

    public Task<RankTrace?> TraceAsync(JobId job, int generation) =>
        Task.FromResult(IsCurrent(job, generation) ? _run?.Trace : null);

    public Task AbortRankAsync(JobId job, int generation, string reason)
    {
        if (IsCurrent(job, generation))
        {
            _aborted = true;
            _run!.Abort(reason);
        }
        return Task.CompletedTask;
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

    private bool IsCurrent(JobId job, int generation) =>
        _assignment is { } current && current.Generation.Job == job && current.Generation.Number == generation;

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
            await GrainFactory.GetGrain<IShardGrain>(_assignment!.Parent).ReportAsync(run.Progress);
            if (ended && ReferenceEquals(run, _run))
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
}
