using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>A job that is played, and the truth about it: the state of an undisturbed run at each version.</summary>
/// <remarks>
/// A state is a hash chain: each step adds a sum over what each shard contributes, which depends on the state before
/// it. A shard that is missing or counted twice, or a step done twice or left out, makes another hash.
/// </remarks>
internal sealed class Training
{
    private readonly ulong[] _afterStep;
    private readonly ulong[] _afterEpoch;

    public Training(JobSpec spec, JobId job, int stepsPerEpoch)
    {
        (Job, Spec, StepsPerEpoch) = (job, spec, stepsPerEpoch);
        _afterStep = new ulong[TotalSteps + 1];
        _afterEpoch = new ulong[spec.Epochs + 1];
        var state = Begin;
        (_afterStep[0], _afterEpoch[0]) = (state.Hash, state.Hash);
        while (state.Version.Epoch < spec.Epochs)
        {
            for (var i = 0; i < stepsPerEpoch; i++)
            {
                state = state.Next(Contribution(state, new(0, spec.Shards)));
                _afterStep[state.Version.Step] = state.Hash;
            }
            state = state.CloseEpoch();
            _afterEpoch[state.Version.Epoch] = state.Hash;
        }
    }

    public JobId Job { get; }

    public JobSpec Spec { get; }

    public int StepsPerEpoch { get; }

    public long TotalSteps => (long)Spec.Epochs * StepsPerEpoch;

    /// <summary>How long a shard takes on an undisturbed node.</summary>
    public required TimeSpan ShardTime { get; init; }

    /// <summary>The step whose loss is not finite on any node; null where all are.</summary>
    public long? FaultStep { get; init; }

    /// <summary>Where training begins.</summary>
    public ReplicaState Begin => new(new(0, 0), Mix(Spec.Seed));

    /// <summary>True where the epoch's steps are done and it is not closed.</summary>
    public bool IsEpochOver(TrainingVersion version) => version.Step == (long)(version.Epoch + 1) * StepsPerEpoch;

    /// <summary>The hash of an undisturbed run's state.</summary>
    public ulong TruthAt(TrainingVersion version) =>
        version.Step == (long)version.Epoch * StepsPerEpoch ? _afterEpoch[version.Epoch] : _afterStep[version.Step];

    /// <summary>What shards add to a state.</summary>
    public static ulong Contribution(ReplicaState state, ShardRange range)
    {
        var sum = 0UL;
        for (var shard = range.Low; shard < range.High; shard++)
        {
            sum += Mix(state.Hash ^ Mix(((ulong)state.Version.Step << 20) + (ulong)shard));
        }
        return sum;
    }

    /// <summary>Scatters bits: the finaliser of SplitMix64.</summary>
    public static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
