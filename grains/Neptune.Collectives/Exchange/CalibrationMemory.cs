using System.Collections.Concurrent;
using System.Diagnostics;

namespace Neptune.Collectives;

/// <summary>
/// What was measured between so many ranks on such hosts, for as long as that is taken to hold: a group that is made anew,
/// for a rank has gone or come, need not measure again while its job stands still. Safe for all threads.
/// </summary>
internal sealed class CalibrationMemory
{
    /// <summary>How long a measurement holds.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (Measurement Measured, long At)> _known = [];

    /// <summary>
    /// Seconds of a small exchange, and of a large one either way, and how old that is; all zero where nothing is known.
    /// </summary>
    public readonly record struct Measurement(float Trip, float LargeDirect, float LargeSliced, float Age)
    {
        /// <summary>True where something was measured.</summary>
        public bool IsKnown => Trip > 0;
    }

    /// <summary>What is known of groups like this one.</summary>
    public Measurement Of(CollectiveGroup group, GroupOptions options)
    {
        if (!_known.TryGetValue(KeyOf(group, options), out var known))
        {
            return default;
        }
        var age = known.Measured.Age + (float)Stopwatch.GetElapsedTime(known.At).TotalSeconds;
        return age < Lifetime.TotalSeconds ? known.Measured with { Age = age } : default;
    }

    /// <summary>Remembers what the ranks agreed on.</summary>
    public void Keep(CollectiveGroup group, GroupOptions options, Measurement measured) =>
        _known[KeyOf(group, options)] = (measured, Stopwatch.GetTimestamp());

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
