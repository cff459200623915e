namespace Neptune.Simulator;

/// <summary>The invariants. Each is told what happens, and throws where it must not.</summary>
internal sealed class Checks(World world)
{
    /// <summary>No step is committed twice with other content, and none is left out.</summary>
    public StepInvariant Steps { get; } = new(world);

    /// <summary>One generation at a time.</summary>
    public OneGenerationInvariant Generations { get; } = new(world);

    /// <summary>No zombie's frame is taken.</summary>
    public FenceInvariant Fence { get; } = new();

    /// <summary>The generations in the store are sound, and go on from what was reached.</summary>
    public RecordInvariant Records { get; } = new(world);

    /// <summary>A job goes back no further than to its last package, and fails only by its own fault.</summary>
    public JobInvariant Jobs { get; } = new(world);

    /// <summary>A node works for one job at a time.</summary>
    public NodeInvariant Nodes { get; } = new(world);

    /// <summary>Every job ends, or says why it waits.</summary>
    public LivenessInvariant Liveness { get; } = new(world);
}
