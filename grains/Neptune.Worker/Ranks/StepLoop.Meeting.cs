using Neptune.Collectives;

namespace Neptune.Worker;

// How a rank meets the others of a generation, and when it leaves them.
internal sealed partial class StepLoop
{
    /// <summary>
    /// Meets the others of a generation that was prepared: who has the state offers it, and is past its last step in the
    /// generation before.
    /// </summary>
    /// <param name="collective">The new generation's.</param>
    /// <param name="holders">The ranks that have the state.</param>
    /// <param name="cancellation">Ends the rank, and its group, at once.</param>
    /// <exception cref="VersionsDifferException">Some are further than others.</exception>
    /// <exception cref="CollectiveAbortedException">A rank was lost, or has not gone over.</exception>
    public void Arrive(ICollective collective, IReadOnlyList<int> holders, CancellationToken cancellation)
    {
        var all = new float[collective.WorldSize * ReplicaDigest.VersionLength];
        collective.AllGather(ReplicaDigest.OfVersion(Version), all, cancellation);
        var versions = holders.Select(rank => new ReadOnlyMemory<float>(
            all,
            rank * ReplicaDigest.VersionLength,
            ReplicaDigest.VersionLength
        ));
        if (versions.Any(v => !v.Span.SequenceEqual(versions.First().Span)))
        {
            throw new VersionsDifferException();
        }
    }

    /// <summary>Meets the other ranks of a generation, and compares the replicas.</summary>
    /// <exception cref="VersionsDifferException">Some are further than others.</exception>
    /// <exception cref="ReplicasDifferException">They are not equal.</exception>
    public void Meet(ICollective collective, CancellationToken cancellation)
    {
        var all = new float[collective.WorldSize * ReplicaDigest.Length];
        collective.AllGather(ReplicaDigest.Of(_replica, Version), all, cancellation);
        if (!ReplicaDigest.AreOfOneVersion(all))
        {
            throw new VersionsDifferException();
        }
        var odd = _run.Spec.MixedNumerics ? [] : ReplicaDigest.OddOnes(all);
        if (odd is not { Count: 0 })
        {
            throw new ReplicasDifferException(Inquest.OfReplicas(Version, odd));
        }
    }

    // Whether the ranks leave their generation after a step, by what all of them have said with it.
    private LoopEnd? EndAfter(long step, ReadOnlySpan<float> control)
    {
        var isLast = step == _run.TotalSteps;
        var stops = control[ControlSlots.Stop] > 0 || step == _run.Spec.StopAtStep;
        if (control[ControlSlots.Ready] == _checks.Ranks.Count)
        {
            return LoopEnd.Switched;
        }
        if (_orders.HeardStage != PreparationStage.None && (isLast || stops))
        {
            return LoopEnd.Yielded; // the job ends in the next generation, which may be set already
        }
        return isLast ? null
            : stops ? LoopEnd.Stopped
            : control[ControlSlots.Yield] > 0 ? LoopEnd.Yielded
            : null;
    }
}
