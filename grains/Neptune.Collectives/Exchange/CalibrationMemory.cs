using System.Collections.Concurrent;
using System.Diagnostics;

namespace Neptune.Collectives;

/// <summary>
/// What was measured between so many ranks on such hosts, for as long as that is taken to hold: a group that is made anew,
/// for a rank has gone or come, need not measure again while its job stands still. For a group of another size, whose ranks are spread
/// alike, it is reckoned from what is known, by what each rank sends. Safe for all threads.
/// </summary>
internal sealed class CalibrationMemory
{
    /// <summary>How long a measurement holds.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Known> _known = [];

    private sealed record Known(Measurement Measured, long At, string? Spread, int Ranks);

    /// <summary>
    /// Seconds of a small exchange, and of a large one either way, and how old that is; all zero where nothing is known.
    /// </summary>
    public readonly record struct Measurement(float Trip, float LargeDirect, float LargeSliced, float Age)
    {
        /// <summary>True where something was measured.</summary>
        public bool IsKnown => Trip > 0;
    }

    /// <summary>What is known of groups like this one. What is only reckoned counts as older than all that was measured.</summary>
    public Measurement Of(CollectiveGroup group, GroupOptions options)
    {
        if (_known.TryGetValue(KeyOf(group, options), out var known) && AgeOf(known) < Lifetime.TotalSeconds)
        {
            return known.Measured with { Age = AgeOf(known) };
        }
        var spread = SpreadOf(group, options);
        return
            spread is not null
            && _known.Values.Where(k => k.Spread == spread && AgeOf(k) < Lifetime.TotalSeconds).MinBy(AgeOf)
                is { } other
            ? Reckoned(other, group.WorldSize)
            : default;
    }

    /// <summary>Remembers what the ranks agreed on.</summary>
    public void Keep(CollectiveGroup group, GroupOptions options, Measurement measured) =>
        _known[KeyOf(group, options)] = new(
            measured,
            Stopwatch.GetTimestamp(),
            SpreadOf(group, options),
            group.WorldSize
        );

    private static float AgeOf(Known known) =>
        known.Measured.Age + (float)Stopwatch.GetElapsedTime(known.At).TotalSeconds;

    // To each of the others a rank sends its vector, or two slices of it.
    private static Measurement Reckoned(Known known, int ranks)
    {
        var ((trip, direct, sliced, _), peers) = (known.Measured, known.Ranks - 1f);
        var newTrip = trip * (ranks - 1) / peers;
        var bytes = (ranks - 1) / peers * Calibration.LargeLengthOf(ranks) / Calibration.LargeLengthOf(known.Ranks);
        return new(
            newTrip,
            newTrip + (Math.Max(0, direct - trip) * bytes),
            (2 * newTrip) + (Math.Max(0, sliced - (2 * trip)) * bytes * known.Ranks / ranks),
            AgeOf(known) + (float)Lifetime.TotalSeconds
        );
    }

    // Null where ranks are spread unevenly: then nothing is to be said of other sizes.
    private static string? SpreadOf(CollectiveGroup group, GroupOptions options)
    {
        var hosts = group.Members.Select(m => m.Address.HostId).Distinct().Count();
        var processes = group.Members.Select(m => m.Address.ProcessId).Distinct().Count();
        return group.WorldSize < 2 || processes < group.WorldSize ? null
            : hosts == 1 ? $"{options.Link} {options.ChunkBytes} one host"
            : hosts == group.WorldSize ? $"{options.Link} {options.ChunkBytes} a host each"
            : null;
    }

    // Which ranks share a host or a process, whatever these are called.
    private static string KeyOf(CollectiveGroup group, GroupOptions options)
    {
        var (hosts, processes) = (new List<string>(), new List<string>());
        var places = group.Members.Select(m =>
            $"{PlaceOf(hosts, m.Address.HostId)}.{PlaceOf(processes, m.Address.ProcessId)}"
        );
        return $"{options.Link} {options.ChunkBytes} {string.Join(' ', places)}";
    }

    private static int PlaceOf(List<string> seen, string name)
    {
        if (!seen.Contains(name))
        {
            seen.Add(name);
        }
        return seen.IndexOf(name);
    }
}
