using System.IO.Hashing;
using System.Runtime.InteropServices;
using Neptune.Contracts;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>
/// Finds out, beside the training, whether a rank computes or keeps wrong bits. In each step all ranks compare a hash of one
/// part of their replicas, the parts in turn; every so many steps each computes a shard of its neighbour again, and the two
/// hashes of the gradient are compared. The hashes travel bit by bit among the numbers that the all-reduce sums, so that it
/// costs no message, and all ranks see the same. For the device's thread.
/// </summary>
/// <remarks>
/// A state is known to be right once all parts were equal in a later step, and all ranks have passed a later audit. What
/// it cannot see: a wrong gradient in a shard and step that is not audited, from a node that is right in all that are.
/// </remarks>
internal sealed class StepChecks : IDisposable
{
    private readonly Replica _replica;
    private readonly IReadOnlyList<Memory<float>> _state;
    private readonly int _period; // 0 where nothing is checked
    private ShardRange[] _ranges = [];
    private int _own; // this rank's place among those that have shards; -1 where it has none
    private int[] _ranks = []; // that have shards
    private ExchangeBuffer? _spare;
    private ulong _ownGradient;
    private ulong _neighboursGradient;
    private TrainingVersion _mark; // was equal, and the audit since has not been yet

    public StepChecks(Replica replica, JobSpec spec, TrainingVersion version)
    {
        _replica = replica;
        _state = replica.State;
        _period = spec.MixedNumerics ? 0 : spec.CheckEvery;
        Restore(version, version);
    }

    /// <summary>True where ranks check each other.</summary>
    public bool AreOn => _period > 0;

    /// <summary>The newest version that is known to be right.</summary>
    public TrainingVersion Verified { get; private set; }

    /// <summary>The version that the next audit makes <see cref="Verified"/>.</summary>
    public TrainingVersion Mark => _mark;

    /// <summary>Another rank's state was taken, with what is known of it.</summary>
    public void Restore(TrainingVersion verified, TrainingVersion mark) => (Verified, _mark) = (verified, mark);

    /// <summary>A generation begins.</summary>
    public void Enter(Generation generation, int rank)
    {
        var computing = generation.Ranks.Where(r => r.Range.Count > 0).ToArray();
        _ranges = [.. computing.Select(r => r.Range)];
        _ranks = [.. computing.Select(r => r.Rank)];
        _own = Array.IndexOf(_ranks, rank);
    }

    /// <summary>True where shards are computed twice in a step.</summary>
    public bool Audits(long step) => _period > 0 && step % _period == 0;

    /// <summary>The shard of this rank that a step's audit is about.</summary>
    public bool IsAudited(long step, int shard) => Audits(step) && shard == ShardOf(_own, step);

    /// <summary>Computes the neighbour's shard.</summary>
    /// <param name="step">The step, which audits.</param>
    /// <param name="compute">Computes a shard into a buffer.</param>
    public void Audit(long step, Action<int, ExchangeBuffer> compute)
    {
        _spare ??= _replica.NewExchangeBuffer();
        compute(ShardOf(NeighbourOf(_own), step), _spare);
        _neighboursGradient = HashOf(_spare);
    }

    /// <summary>The audited shard of this rank is computed.</summary>
    public void Audited(ExchangeBuffer buffer) => _ownGradient = HashOf(buffer);

    /// <summary>Writes what is to be compared, before a step's control numbers go out.</summary>
    public void Write(long step, Span<float> control)
    {
        if (_period == 0)
        {
            return;
        }
        AddBits(DigestOf((int)(step % _period)), 1, control.Slice(ControlSlots.Digest, ControlSlots.Bits));
        if (Audits(step))
        {
            var audit = control.Slice(ControlSlots.Audit, ControlSlots.Bits);
            AddBits(_ownGradient, 1, audit);
            AddBits(_neighboursGradient, -1, audit);
        }
    }

    /// <summary>Compares.</summary>
    /// <param name="version">The version before the step.</param>
    /// <param name="control">The sums over all ranks.</param>
    public Finding Read(TrainingVersion version, ReadOnlySpan<float> control)
    {
        if (_period == 0)
        {
            return Finding.None;
        }
        foreach (var sum in control.Slice(ControlSlots.Digest, ControlSlots.Bits))
        {
            if (sum != 0 && sum != _ranges.Length)
            {
                return Finding.ReplicasDiffer;
            }
        }
        if (!Audits(version.Step))
        {
            return Finding.None;
        }
        if (control.Slice(ControlSlots.Audit, ControlSlots.Bits).ContainsAnyExcept(0f))
        {
            return Finding.GradientsDiffer;
        }
        (Verified, _mark) = (_mark, version);
        return Finding.None;
    }

    /// <summary>What this rank had computed when gradients differed: of its own shard, and of its neighbour's.</summary>
    public (ulong Own, ulong Neighbours) Gradients => (_ownGradient, _neighboursGradient);

    /// <summary>Whose shard a rank computes again in an audit, and which it is.</summary>
    public (int Rank, int Shard) AuditedBy(int rank, long step)
    {
        var neighbour = NeighbourOf(Array.IndexOf(_ranks, rank));
        return (_ranks[neighbour], ShardOf(neighbour, step));
    }

    /// <summary>The ranks that have shards.</summary>
    public IReadOnlyList<int> Ranks => _ranks;

    /// <summary>The hash of a shard's gradient.</summary>
    public ulong HashOf(ExchangeBuffer buffer) =>
        XxHash3.HashToUInt64(MemoryMarshal.AsBytes(buffer.Span[.._replica.GradientLength]));

    /// <inheritdoc/>
    public void Dispose() => _spare?.Dispose();

    private int NeighbourOf(int place) => (place + 1) % _ranges.Length;

    // Each audit takes the next of a rank's shards.
    private int ShardOf(int place, long step) =>
        place < 0 ? -1 : _ranges[place].Low + (int)(step / _period % _ranges[place].Count);

    private ulong DigestOf(int part)
    {
        var hash = 0UL;
        for (var v = 0; v < _state.Count; v++)
        {
            var vector = _state[v];
            var start = (int)((long)vector.Length * part / _period);
            var end = (int)((long)vector.Length * (part + 1) / _period);
            hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(vector.Span[start..end]), unchecked((long)hash));
        }
        return hash;
    }

    private static void AddBits(ulong hash, float sign, Span<float> into)
    {
        for (var bit = 0; bit < into.Length; bit++)
        {
            into[bit] += ((hash >> bit) & 1) * sign;
        }
    }
}
