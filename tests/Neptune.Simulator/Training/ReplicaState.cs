using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>What a replica contains: its version, and a hash that depends on all that led to it.</summary>
internal readonly record struct ReplicaState(TrainingVersion Version, ulong Hash)
{
    /// <summary>After one more step.</summary>
    public ReplicaState Next(ulong contributions) =>
        new(Version with { Step = Version.Step + 1 }, Training.Mix(Hash ^ Training.Mix(contributions)));

    /// <summary>After the epoch is closed.</summary>
    public ReplicaState CloseEpoch() =>
        new(Version with { Epoch = Version.Epoch + 1 }, Training.Mix(Hash + (ulong)Version.Epoch));
}
