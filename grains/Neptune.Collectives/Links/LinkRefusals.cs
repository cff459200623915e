using System.Diagnostics.Metrics;

namespace Neptune.Collectives;

/// <summary>
/// How often a listener and its groups refused a connection or a frame, by reason. Also the counter
/// <c>neptune.links.refused</c> of the meter <c>Neptune.Collectives</c>, with the tag <c>reason</c>. Safe for all threads.
/// </summary>
public sealed class LinkRefusals
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Neptune.Collectives";

    private static readonly Meter _meter = new(MeterName);
    private static readonly Counter<long> _refused = _meter.CreateCounter<long>(
        "neptune.links.refused",
        unit: "{refusal}",
        description: "Connections and frames that were refused."
    );

    private readonly long[] _counts = new long[Enum.GetValues<LinkRefusal>().Length];

    /// <summary>The number of refusals for one reason.</summary>
    public long Count(LinkRefusal reason) => Volatile.Read(ref _counts[(int)reason]);

    /// <summary>The reasons that occurred, and how often.</summary>
    public IReadOnlyDictionary<LinkRefusal, long> Snapshot() =>
        Enum.GetValues<LinkRefusal>().Where(r => Count(r) > 0).ToDictionary(r => r, Count);

    internal void Add(LinkRefusal reason)
    {
        Interlocked.Increment(ref _counts[(int)reason]);
        _refused.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
    }
}
