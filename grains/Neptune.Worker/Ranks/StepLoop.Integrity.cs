using Neptune.Collectives;

namespace Neptune.Worker;

// What follows where a step's checks fail.
internal sealed partial class StepLoop
{
    /// <summary>A check has failed: finds out with the other ranks who was wrong.</summary>
    /// <exception cref="CollectiveAbortedException">A rank was lost meanwhile.</exception>
    /// <exception cref="NonFiniteLossException">Nobody was: training has diverged.</exception>
    public Verdict Inquire(ICollective collective, CancellationToken cancellation)
    {
        var inquest = new Inquest(collective, _checks, Version);
        if (_spoilt is { } spoilt)
        {
            return inquest.HoldOfGradient(spoilt.Message, cancellation);
        }
        var order = OrderOf(Position.Epoch);
        using var buffer = _replica.NewExchangeBuffer();
        double LossOf(int shard) => Compute(order, shard, buffer, null).LossSum;
        if (_failure is { } failure)
        {
            return inquest.HoldOfLoss(_replica, failure.Shard, s => double.IsFinite(LossOf(s)), cancellation)
                ?? throw failure;
        }
        ulong HashOf(int shard)
        {
            LossOf(shard);
            return _checks.HashOf(buffer);
        }
        return inquest.Hold(_replica, HashOf, cancellation);
    }
}
