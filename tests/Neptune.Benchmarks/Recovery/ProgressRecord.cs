using System.Diagnostics;
using Neptune.Processes;

namespace Neptune.Benchmarks;

/// <summary>How far a job was at which time, and on how many nodes, looked up four times a second until it is ended.</summary>
internal sealed class ProgressRecord : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(0.25);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<(double Seconds, long Step, int Ranks)> _points = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _recording;

    public ProgressRecord(ElasticJob job) => _recording = RecordAsync(job);

    /// <summary>Time since its beginning.</summary>
    public TimeSpan Now => _clock.Elapsed;

    /// <summary>Steps per second so many seconds after some events, until a second later; their mean.</summary>
    public double RateAfter(IEnumerable<TimeSpan> events, int seconds) =>
        MeanAfter(events, seconds, from => StepAt(from + 1) - StepAt(from));

    /// <summary>The world size so many seconds after some events, and another half; its mean.</summary>
    public double RanksAfter(IEnumerable<TimeSpan> events, int seconds) =>
        MeanAfter(events, seconds, from => _points.Last(p => p.Seconds <= from + 0.5).Ranks);

    /// <summary>Ends it.</summary>
    public async Task EndAsync()
    {
        await _ending.CancelAsync();
        await _recording;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _ending.Dispose();
    }

    private async Task RecordAsync(ElasticJob job)
    {
        using var timer = new PeriodicTimer(Period);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token))
            {
                var snapshot = await job.GetAsync();
                _points.Add((Now.TotalSeconds, snapshot.Step, snapshot.Ranks.Length));
            }
        }
        catch (OperationCanceledException)
        {
            // ended
        }
    }

    private double MeanAfter(IEnumerable<TimeSpan> events, int seconds, Func<double, double> valueFrom) =>
        events
            .Select(e => e.TotalSeconds + seconds)
            .Where(from => from + 1 <= _points[^1].Seconds)
            .Select(valueFrom)
            .DefaultIfEmpty(double.NaN)
            .Average();

    // Between two looks the steps are taken to be even.
    private double StepAt(double seconds)
    {
        var next = _points.FindIndex(p => p.Seconds >= seconds);
        if (next <= 0)
        {
            return _points[0].Step;
        }
        var (before, after) = (_points[next - 1], _points[next]);
        var share = (seconds - before.Seconds) / (after.Seconds - before.Seconds);
        return before.Step + (share * (after.Step - before.Step));
    }
}
