using System.Diagnostics;
using System.Runtime.InteropServices;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>The faults of one node, as its ranks meet them. For the device's thread.</summary>
internal sealed class NodeFaults(IReadOnlyList<FaultInjection> faults)
{
    private const uint MiddleBit = 1 << 15; // of the mantissa: wrong, and still finite
    private const uint Exponent = 0xFFu << 23;

    private readonly HashSet<FaultInjection> _done = [];

    /// <summary>A step begins: what happens once does so now, also where the step is done again later.</summary>
    public void Start(long step, Replica replica)
    {
        foreach (var fault in faults)
        {
            if (fault.Kind is not (FaultKind.Weights or FaultKind.NaN) || fault.Step != step || !_done.Add(fault))
            {
                continue;
            }
            if (fault.Kind == FaultKind.NaN)
            {
                Spoil(replica.State[0].Span);
            }
            else
            {
                Flip(replica.State[0].Span);
            }
        }
    }

    /// <summary>A step is committed.</summary>
    public void End(long step)
    {
        foreach (var fault in faults)
        {
            if (fault.Kind == FaultKind.Gradient && fault.Step == step)
            {
                _done.Add(fault);
            }
        }
    }

    /// <summary>True where gradients of a step are altered once they are computed.</summary>
    public bool AlterGradients(long step)
    {
        var alter = false;
        foreach (var fault in faults)
        {
            alter |= fault.Kind switch
            {
                FaultKind.Gradient or FaultKind.Infinity => fault.Step == step,
                FaultKind.Gradients => fault.Step <= step,
                _ => false,
            };
        }
        return alter;
    }

    /// <summary>A shard was computed.</summary>
    /// <param name="step">In this step.</param>
    /// <param name="gradients">Its gradients.</param>
    /// <param name="began">When, as a timestamp of <see cref="Stopwatch"/>.</param>
    public void Compute(long step, Span<float> gradients, long began)
    {
        foreach (var fault in faults)
        {
            switch (fault.Kind)
            {
                case FaultKind.Gradient when fault.Step == step && !_done.Contains(fault):
                case FaultKind.Gradients when fault.Step <= step:
                    Flip(gradients);
                    break;
                case FaultKind.Infinity when fault.Step == step && _done.Add(fault):
                    gradients[gradients.Length / 3] = float.PositiveInfinity;
                    break;
                case FaultKind.Pace when fault.Step <= step:
                    var left = TimeSpan.FromMilliseconds(fault.Milliseconds) - Stopwatch.GetElapsedTime(began);
#pragma warning disable RS0030 // the pause is the fault
                    Thread.Sleep(left > TimeSpan.Zero ? left : TimeSpan.Zero);
#pragma warning restore RS0030
                    break;
                default:
                    break;
            }
        }
    }

    private static void Flip(Span<float> values) => Bits(values) ^= MiddleBit;

    private static void Spoil(Span<float> values) => Bits(values) |= MiddleBit | Exponent;

    private static ref uint Bits(Span<float> values) => ref MemoryMarshal.Cast<float, uint>(values)[values.Length / 3];
}
