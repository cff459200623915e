using System.Diagnostics.Metrics;

namespace Neptune.Grains;

/// <summary>Counts the calls that grains get, by interface and method: <c>neptune.grain.calls</c>.</summary>
public sealed class GrainCallMetrics : IIncomingGrainCallFilter, IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Neptune.Grains";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _calls;

    /// <summary>Makes the counter.</summary>
    public GrainCallMetrics() =>
        _calls = _meter.CreateCounter<long>("neptune.grain.calls", "{call}", "Calls that grains get.");

    /// <inheritdoc/>
    public Task Invoke(IIncomingGrainCallContext context)
    {
        _calls.Add(
            1,
            new("grain", context.InterfaceName),
            new KeyValuePair<string, object?>("method", context.MethodName)
        );
        return context.Invoke();
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
