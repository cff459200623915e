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
        var digests = new float[collective.WorldSize * ReplicaDigest.Length];
        collective.AllGather(ReplicaDigest.Of(replica, version), digests, cancellation);
        var odd = ReplicaDigest.OddOnes(digests);
        if (odd is not { Count: 0 })
        {
            return OfReplicas(version, odd);
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
