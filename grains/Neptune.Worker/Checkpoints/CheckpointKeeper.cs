using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Neptune.Contracts;
using Neptune.Planning;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>
/// A rank's checkpoints: finds the newest one that is whole, and, as the first rank of a generation, writes one now and
/// then: the device's thread copies the state, the rest is done behind the steps.
/// </summary>
internal sealed partial class CheckpointKeeper(
    TrainingRun run,
    TrainingStores stores,
    string fingerprint,
    TimeProvider time,
    ILogger logger
)
{
    private readonly CheckpointReader _reader = new(stores.Artifacts);
    private readonly CheckpointRemoval _removal = new(stores.Checkpoints, stores.Artifacts);
    private readonly CheckpointOrigin _origin = CheckpointOrigin.Of(run, run.Assignment.Generation.Number, fingerprint);

    private CheckpointWriter? _writer;
    private CheckpointManifest? _resumed;
    private Task _writing = Task.CompletedTask;
    private long _last = Stopwatch.GetTimestamp();
    private volatile bool _isDiscarded;

    private JobId Job => run.Assignment.Generation.Job;

    /// <summary>Overwrites a replica's state with the newest checkpoint that is whole, and further than the replica is.</summary>
    /// <returns>The state beside the vectors; null where there is none, and the replica is as it was.</returns>
    /// <exception cref="CheckpointDamagedException">All are damaged, and the replica's state is lost with them.</exception>
    public async Task<StateFacts?> TryLoadAsync(
        Replica replica,
        TrainingVersion version,
        CancellationToken cancellation
    )
    {
        var all = await stores.Checkpoints.ListAsync(Job);
        var further = all.Where(c => version.IsBehind(c.Version)).ToArray();
        if (further.Length == 0)
        {
            return null;
        }
        var newest = await _reader.NewestGoodAsync(further, _origin, replica.State, cancellation);
        foreach (var skipped in newest.Skipped)
        {
            LogSkipped(Job, skipped.Message);
        }
        if (newest.Manifest is null)
        {
            throw newest.Skipped[^1];
        }
        // Where some are damaged, all pieces are written again by the next one.
        _resumed = newest.Skipped.Count == 0 ? newest.Manifest : null;
        return newest.Manifest.State;
    }

    /// <summary>Begins to write a checkpoint where the last one is old enough, and written. On the device's thread.</summary>
    public void KeepIfDue(StepLoop loop, int generation)
    {
        // At an epoch's end it comes sooner: only there it is known how good it is.
        var interval = run.Spec.CheckpointInterval / (loop.Position.StepInEpoch == 0 ? 2 : 1);
        if (Stopwatch.GetElapsedTime(_last) < interval || !_writing.IsCompleted)
        {
            return;
        }
        if (_writer is null)
        {
            _writer = new(Job, stores.Artifacts, loop.Replica.State.Select(vector => vector.Length), StatePart.Whole);
            if (_resumed is not null)
            {
                _writer.GoOnFrom(_resumed);
            }
        }
        if (_writer.TryCapture(loop.State, StatePart.Whole) is { } captured)
        {
            _last = Stopwatch.GetTimestamp();
            _writing = WriteAsync(_writer, captured, _origin with { Generation = generation }, loop.Verified);
        }
    }

    /// <summary>
    /// The state may be wrong: nothing that is being written is kept. Returns when it cannot come into the list any more.
    /// </summary>
    public Task DiscardAsync()
    {
        _isDiscarded = true;
        return _writing;
    }

    /// <summary>Waits for the checkpoint that is being written.</summary>
    public Task FlushAsync() => _writing;

    private async Task WriteAsync(
        CheckpointWriter writer,
        CapturedState captured,
        CheckpointOrigin origin,
        TrainingVersion verified
    )
    {
        using (captured)
        {
            try
            {
                var outcome = await writer.WriteAsync(captured, origin, time.GetUtcNow());
                if (outcome.Entry is { } entry)
                {
                    if (_isDiscarded)
                    {
                        return;
                    }
                    await stores.Checkpoints.AddAsync(Job, entry);
                    await _removal.ApplyAsync(Job, run.Spec.Retention, verified, CancellationToken.None);
                }
                else
                {
                    LogNotWritten(outcome.Error!, Job);
                }
            }
            catch (Exception error) when (error is NeptuneException or CheckpointDamagedException)
            {
                LogNotWritten(error, Job); // training goes on, and the next one is tried
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: {Reason} The one before it is used")]
    private partial void LogSkipped(JobId job, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job}: a checkpoint could not be kept")]
    private partial void LogNotWritten(Exception error, JobId job);
}
