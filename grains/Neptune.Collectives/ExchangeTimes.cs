namespace Neptune.Collectives;

/// <summary>Where a rank's time in its collective went, in <see cref="System.Diagnostics.Stopwatch"/> ticks.</summary>
/// <param name="Send">Giving bytes to the system or to shared memory, checksums included.</param>
/// <param name="Receive">Taking them, likewise.</param>
/// <param name="Sum">Adding along the tree.</param>
/// <param name="Wait">Nothing could be done: peers or the system were waited for.</param>
public readonly record struct ExchangeTimes(long Send, long Receive, long Sum, long Wait)
{
    /// <summary>All of it.</summary>
    public long Total => Send + Receive + Sum + Wait;

    /// <summary>What was spent between two looks.</summary>
    public static ExchangeTimes operator -(ExchangeTimes later, ExchangeTimes earlier) =>
        new(
            later.Send - earlier.Send,
            later.Receive - earlier.Receive,
            later.Sum - earlier.Sum,
            later.Wait - earlier.Wait
        );
}
