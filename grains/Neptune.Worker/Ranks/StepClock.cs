using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Neptune.Collectives;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>
/// Measures where the time of a rank's steps goes: in sums, in the latest steps one by one, and as the metrics
/// <c>neptune.step.time</c> (by phase) and <c>neptune.steps</c>. Written by the device's thread, read by any.
/// </summary>
internal sealed class StepClock(DateTimeOffset startedAt)
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Neptune.Worker";

    private const int Kept = 512;
    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Steps = Meter.CreateCounter<long>("neptune.steps", "{step}", "Steps done.");
    private static readonly Counter<double> Seconds = Meter.CreateCounter<double>(
        "neptune.step.time",
        "s",
        "Time of steps, by phase."
    );

    private readonly Lock _gate = new();
    private readonly StepSpan[] _latest = new StepSpan[Kept];
    private readonly long _began = Stopwatch.GetTimestamp();
    private long _count;
    private StepSpan _sum;
    private long _start;
    private long _computed;
    private long _exchanged;
    private ExchangeTimes _atStart;
    private ExchangeTimes _atComputed;
    private ExchangeTimes _atExchanged;

    /// <summary>The sums so far, of this rank.</summary>
    public StepTimes Times
    {
        get
        {
            lock (_gate)
            {
                return new()
                {
                    Steps = _count,
                    Compute = TimeSpan.FromMicroseconds(_sum.Compute),
                    Send = TimeSpan.FromMicroseconds(_sum.Send),
                    Receive = TimeSpan.FromMicroseconds(_sum.Receive),
                    Sum = TimeSpan.FromMicroseconds(_sum.Sum),
                    Wait = TimeSpan.FromMicroseconds(_sum.Wait),
                    Optimizer = TimeSpan.FromMicroseconds(_sum.Optimizer),
                };
            }
        }
    }

    /// <summary>The latest steps.</summary>
    public RankTrace TraceOf(int rank, NodeId node)
    {
        lock (_gate)
        {
            var first = Math.Max(0, _count - Kept);
            var steps = ImmutableArray.CreateBuilder<StepSpan>((int)(_count - first));
            for (var i = first; i < _count; i++)
            {
                steps.Add(_latest[i % Kept]);
            }
            return new(rank, node, startedAt, steps.MoveToImmutable());
        }
    }

    /// <summary>A step begins.</summary>
    public void Start(ExchangeTimes exchange) => (_start, _atStart) = (Stopwatch.GetTimestamp(), exchange);

    /// <summary>The shards are computed, and part of the exchange is done.</summary>
    public void Computed(ExchangeTimes exchange) => (_computed, _atComputed) = (Stopwatch.GetTimestamp(), exchange);

    /// <summary>The reduced gradients are here.</summary>
    public void Exchanged(ExchangeTimes exchange) => (_exchanged, _atExchanged) = (Stopwatch.GetTimestamp(), exchange);

    /// <summary>The step is committed.</summary>
    /// <returns>The seconds that its computation took.</returns>
    public double End(long step)
    {
        var end = Stopwatch.GetTimestamp();
        var all = _atExchanged - _atStart;
        var early = (_atComputed - _atStart).Total;
        // What the exchange does besides is bookkeeping of frames.
        var bookkeeping = Math.Max(0, _exchanged - _computed - (_atExchanged - _atComputed).Total);
        var span = new StepSpan(
            step,
            Microseconds(_start - _began),
            Microseconds(_computed - _start - early),
            Microseconds(all.Send),
            Microseconds(all.Receive + bookkeeping),
            Microseconds(all.Sum),
            Microseconds(all.Wait),
            Microseconds(end - _exchanged)
        );
        lock (_gate)
        {
            _latest[_count++ % Kept] = span;
            _sum = new(
                step,
                0,
                _sum.Compute + span.Compute,
                _sum.Send + span.Send,
                _sum.Receive + span.Receive,
                _sum.Sum + span.Sum,
                _sum.Wait + span.Wait,
                _sum.Optimizer + span.Optimizer
            );
        }
        if (Seconds.Enabled || Steps.Enabled)
        {
            Record(span);
        }
        return span.Compute / 1e6;
    }

    private static void Record(in StepSpan span)
    {
        Steps.Add(1);
        foreach (var (phase, microseconds) in span.Phases)
        {
            Seconds.Add(microseconds / 1e6, new KeyValuePair<string, object?>("phase", phase));
        }
    }

    private static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency;
}
