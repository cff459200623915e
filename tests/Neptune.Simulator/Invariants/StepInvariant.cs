using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>
/// (1) Whatever a replica contains, an undisturbed run contained at that version: no step was left out, done twice, or
/// done with other contributions. The state is a hash chain over versions and shards.
/// </summary>
internal sealed class StepInvariant(World world)
{
    private const string Name = "no step committed twice with other content, none skipped";

    /// <summary>A rank has met the others of a generation with a replica.</summary>
    public void Met(Training training, Generation generation, Node node, ReplicaState state, List<Frame> frames)
    {
        if (frames.Find(frame => frame.Digest != state.Hash) is { } other)
        {
            throw new InvariantViolatedException(
                Name,
                $"{node} and rank {other.Rank} met in generation {generation.Number}, and their replicas differ"
            );
        }
        var from = generation.From ?? state.Version;
        if (generation.IsPrepared ? state.Version.IsBehind(from) : state.Version != from)
        {
            throw new InvariantViolatedException(
                Name,
                $"{node} met generation {generation.Number}, which goes on from {from}, with {state.Version}"
            );
        }
        Check(training, node, state);
    }

    /// <summary>A rank has committed a step, or closed an epoch.</summary>
    public void Committed(Training training, Generation generation, Node node, ReplicaState state)
    {
        world.Timeline.Tell(() =>
            $"{node} has {state.Version}, epoch {state.Version.Epoch}, of {training.Job} generation {generation.Number}"
        );
        Check(training, node, state);
        world.Checks.Generations.Committed(generation, node, state.Version);
    }

    private static void Check(Training training, Node node, ReplicaState state)
    {
        if (state.Hash != training.TruthAt(state.Version))
        {
            throw new InvariantViolatedException(
                Name,
                $"{node} contains {state.Version} of {training.Job}, but not what an undisturbed run does then"
            );
        }
    }
}
