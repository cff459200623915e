using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>(6) Once it is quiet, every job ends, or says why it waits.</summary>
internal sealed class LivenessInvariant(World world)
{
    /// <summary>True once nothing more is to come.</summary>
    public bool IsSettled =>
        world.Jobs.Values.All(job => job.Persisted?.Snapshot.HasEnded == true)
        && world.Scheduler.Registry.Nodes.All(n => n.Job is null)
        && world.Nodes.All(n => !n.Silo.IsAlive || n.Run is not { Completion.IsSet: false });

    /// <summary>The time for jobs to end is over.</summary>
    public void Settled()
    {
        foreach (var job in world.Jobs.Values)
        {
            var snapshot = job.Latest?.Snapshot;
            var waits = snapshot is { Phase: JobPhase.Queued } && snapshot.Spec.Nodes > world.Plan.Nodes;
            if (snapshot is null || !(snapshot.HasEnded || waits))
            {
                throw new InvariantViolatedException(
                    "every job ends or says why it waits",
                    $"{job.Training.Job} is {snapshot?.Phase.ToString() ?? "unknown"} ({snapshot?.Reason}) in "
                        + $"generation {snapshot?.Generation} at step {snapshot?.Step} of {job.Training.TotalSteps}; "
                        + string.Join(
                            ", ",
                            world.Scheduler.Registry.Nodes.Select(n => $"{n.Id}: {n.Job?.Value ?? "free"}")
                        )
                );
            }
        }
        world.Checks.Nodes.Settled();
    }
}
