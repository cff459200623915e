using Neptune.Collectives;
using Neptune.Contracts;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>
/// Finds out who was wrong when a step's checks have failed: all ranks compare their whole replicas, and compute the shard in
/// question once more. Most of them are right. All ranks call it at the same point, on their device's thread.
/// </summary>
internal sealed class Inquest(ICollective collective, StepChecks checks, TrainingVersion version)
{
    private const int HashLength = 4;
    private const int BitsOfNumber = 16;

    /// <summary>Holds it.</summary>
    /// <param name="replica">This rank's.</param>
    /// <param name="compute">Computes a shard's gradient.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CollectiveAbortedException">A rank was lost meanwhile.</exception>
    public Verdict Hold(Replica replica, Func<int, ulong> compute, CancellationToken cancellation)
    {
        if (Compare(replica, cancellation) is { } verdict)
        {
            return verdict;
        }
        var own = Gather(checks.Gradients.Own, cancellation);
        var neighbours = Gather(checks.Gradients.Neighbours, cancellation);
        foreach (var auditor in checks.Ranks)
        {
            var (owner, shard) = checks.AuditedBy(auditor, version.Step);
            if (own[owner] != neighbours[auditor])
            {
                var again = Gather(compute(shard), cancellation);
                return OfGradients(shard, (owner, own[owner]), (auditor, neighbours[auditor]), again);
            }
        }
        return new([], $"The checks of step {version.Step} failed, and all ranks agree when they look again.");
    }

    /// <summary>Holds it where the loss of a shard was not finite, which a flipped bit does as well as a learning rate.</summary>
    /// <param name="replica">This rank's.</param>
    /// <param name="shard">The first shard of this rank whose loss was not; null where there was none.</param>
    /// <param name="isFinite">Computes the loss of a shard once more.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null where most ranks compute the same: training has diverged.</returns>
    /// <exception cref="CollectiveAbortedException">A rank was lost meanwhile.</exception>
    public Verdict? HoldOfLoss(Replica replica, int? shard, Func<int, bool> isFinite, CancellationToken cancellation)
    {
        if (Compare(replica, cancellation) is { } verdict)
        {
            return verdict;
        }
        var shards = GatherOne(shard ?? -1, cancellation);
        var owner = Array.FindIndex(shards, s => s >= 0);
        var again = GatherOne(isFinite((int)shards[owner]) ? 1 : 0, cancellation);
        return OfLoss(version, (owner, (int)shards[owner]), [.. again.Select(a => a > 0)]);
    }

    /// <summary>What a loss says that was not finite.</summary>
    /// <param name="version">The version that it was computed from.</param>
    /// <param name="first">The rank that computed it, and the shard.</param>
    /// <param name="isFinite">By rank, whether it was when all computed it once more.</param>
    /// <returns>Null where most ranks compute the same: training has diverged.</returns>
    public static Verdict? OfLoss(TrainingVersion version, (int Rank, int Shard) first, IReadOnlyList<bool> isFinite)
    {
        var finite = isFinite.Count(rank => rank);
        if (finite * 2 < isFinite.Count)
        {
            return null;
        }
        var what = $"the loss of shard {first.Shard} in step {version.Step}";
        if (isFinite.Count == 1 || finite * 2 == isFinite.Count)
        {
            return new([], $"Computed again, {what} is finite on some, and no majority says which is right.");
        }
        var wrong = isFinite.Index().Where(rank => !rank.Item).Select(rank => rank.Index).Append(first.Rank);
        return new([.. wrong.Distinct().Order()], $"It computed {what} as not finite, and most others do not.");
    }

    /// <summary>Holds it where a sum of gradients was not finite, though all losses were.</summary>
    /// <param name="evidence">What was found.</param>
    /// <param name="cancellation">Gives up.</param>
    public Verdict HoldOfGradient(string evidence, CancellationToken cancellation)
    {
        // The weights are spoilt, so nothing can be computed again. Each rank knows of a part of the sums whose they are.
        var isNamed = new float[collective.WorldSize];
        foreach (var rank in collective.NonFiniteFrom)
        {
            isNamed[rank] = 1;
        }
        try
        {
            collective.AddRanks(isNamed, cancellation);
        }
        catch (CollectiveAbortedException)
        {
            // A rank was lost meanwhile. Nobody must go on from these weights: better go back without knowing who it was.
            return new([], evidence, MayHaveDiverged: true);
        }
        return OfNonFinite(version, evidence, isNamed);
    }

    /// <summary>What a gradient says that was not finite.</summary>
    /// <param name="version">The version that it was computed from.</param>
    /// <param name="evidence">What was found.</param>
    /// <param name="isNamed">By rank, above zero where its values were not finite.</param>
    public static Verdict OfNonFinite(TrainingVersion version, string evidence, IReadOnlyList<float> isNamed)
    {
        int[] wrong = [.. isNamed.Index().Where(rank => rank.Item > 0).Select(rank => rank.Index)];
        return wrong.Length == 1 && isNamed.Count > 1
            ? new(wrong, evidence, MayHaveDiverged: true)
            {
                Charge = $"Its gradient was not finite in step {version.Step}, while that of all others was.",
            }
            : new([], evidence, MayHaveDiverged: true);
    }

    /// <summary>What replicas that differ say.</summary>
    /// <param name="version">Their version.</param>
    /// <param name="odd">The ranks that differ from most; null where there is no majority.</param>
    public static Verdict OfReplicas(TrainingVersion version, IReadOnlyList<int>? odd) =>
        odd is null
            ? new([], $"After step {version.Step} the replicas differ, and no majority says which is right.")
            : new(odd, $"After step {version.Step} its replica differs from that of most others.");

    private Verdict OfGradients(
        int shard,
        (int Rank, string Hash) owner,
        (int Rank, string Hash) auditor,
        string[] again
    )
    {
        var what = $"the gradient of shard {shard} in step {version.Step}";
        if (again.Length == 1)
        {
            return new([], $"The only rank computed {what} twice, and differently.");
        }
        if (Majority.Of(again) is not { } right)
        {
            return new([], $"The ranks compute {what} differently, and no majority says which is right.");
        }
        (int Rank, string Hash)[] first = [owner, auditor];
        var wrong = first
            .Where(f => f.Hash != right)
            .Select(f => f.Rank)
            .Union(again.Index().Where(a => a.Item != right).Select(a => a.Index));
        return new([.. wrong.Order()], $"It computed {what} otherwise than most others.");
    }

    // What is wrong with the whole replicas; null where they are equal.
    private Verdict? Compare(Replica replica, CancellationToken cancellation)
    {
        var digests = new float[collective.WorldSize * ReplicaDigest.Length];
        collective.AllGather(ReplicaDigest.Of(replica, version), digests, cancellation);
        var odd = ReplicaDigest.OddOnes(digests);
        return odd is { Count: 0 } ? null : OfReplicas(version, odd);
    }

    private float[] GatherOne(float number, CancellationToken cancellation)
    {
        var all = new float[collective.WorldSize];
        collective.AllGather([number], all, cancellation);
        return all;
    }

    private string[] Gather(ulong hash, CancellationToken cancellation)
    {
        var numbers = new float[HashLength];
        for (var i = 0; i < HashLength; i++)
        {
            numbers[i] = (hash >> (i * BitsOfNumber)) & ((1 << BitsOfNumber) - 1);
        }
        var all = new float[collective.WorldSize * HashLength];
        collective.AllGather(numbers, all, cancellation);
        return [.. all.Chunk(HashLength).Select(rank => string.Join('-', rank))];
    }
}
