namespace Neptune.Hosting;

/// <summary>
/// The time of day as it was when the clock was made, and what has passed since by the system's steady counter. It does not jump
/// where somebody sets the machine's clock. Orleans would stand still for as long as its clock is set back: it plans its looks at
/// other silos by it, and when to put grains away. What passes while the machine sleeps is not in it.
/// </summary>
public sealed class SteadyClock : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private readonly long _counter = System.GetTimestamp();

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + System.GetElapsedTime(_counter);
}
