using System.Diagnostics;

namespace Neptune.Worker;

// What a rank does while it waits for its place.
internal sealed partial class StepLoop
{
    private const int WarmUpShards = 1000;
    private static readonly TimeSpan WarmUpLimit = TimeSpan.FromSeconds(0.3);

    /// <summary>
    /// Computes a shard's gradient again and again for a moment, and forgets it: code is then compiled, and buffers are
    /// there, before others wait for this rank. Nothing of it is left in the state.
    /// </summary>
    public void WarmUp(CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var order = OrderOf(Position.Epoch);
        using var buffer = _replica.NewExchangeBuffer();
        for (var i = 0; i < WarmUpShards && Stopwatch.GetElapsedTime(began) < WarmUpLimit; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Differentiate(order, 0, buffer, null);
        }
    }
}
