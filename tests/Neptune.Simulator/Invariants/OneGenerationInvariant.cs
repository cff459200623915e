using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>
/// (2) One generation at a time: a step is committed from one contribution of each member of the rank's generation,
/// which is in the store; and once the ranks of a later generation have met, nobody commits in an earlier one anything
/// that the later one does not contain already.
/// </summary>
/// <remarks>
/// A rank that was left behind may still receive the last frames of its generation and commit what the later one
/// contains, or, at most, the one step for which all members had contributed before they went: the same step that the
/// later generation then commits with the same bits. What it can never have is a contribution to the step after that.
/// </remarks>
internal sealed class OneGenerationInvariant(World world)
{
    private const string Name = "one generation at a time";

    private readonly Dictionary<JobId, (Generation Generation, TrainingVersion At)> _met = [];

    /// <summary>A rank has met all others of a generation.</summary>
    public void Met(Generation generation, TrainingVersion version)
    {
        if (!_met.TryGetValue(generation.Job, out var latest) || latest.Generation.Number < generation.Number)
        {
            _met[generation.Job] = (generation, version);
        }
    }

    /// <summary>A rank is about to commit a step.</summary>
    public void Committing(Generation generation, Node node, List<Frame> frames, TrainingVersion version)
    {
        var next = 0;
        foreach (var frame in frames)
        {
            if (
                frame.Generation.Token != generation.Token
                || frame.Version != version
                || frame.Rank != next
                || generation.Ranks[next].Range != frame.Range
            )
            {
                throw new InvariantViolatedException(
                    Name,
                    $"{node} commits {version} of generation {generation.Number} with a frame of rank {frame.Rank} of "
                        + $"generation {frame.Generation.Number} at {frame.Version}"
                );
            }
            next++;
        }
        if (next != generation.WorldSize)
        {
            throw new InvariantViolatedException(
                Name,
                $"{node} commits {version} of generation {generation.Number} with {next} of "
                    + $"{generation.WorldSize} contributions"
            );
        }
    }

    /// <summary>A rank has committed a version.</summary>
    public void Committed(Generation generation, Node node, TrainingVersion version)
    {
        if (!world.Store.IsSet(generation))
        {
            throw new InvariantViolatedException(
                Name,
                $"{node} commits in generation {generation.Number}, which is not the one in the store"
            );
        }
        var (latest, at) = _met[generation.Job];
        if (latest.Number > generation.Number && latest.From is not null && version.Step > at.Step + 1)
        {
            throw new InvariantViolatedException(
                Name,
                $"{node} commits {version} in generation {generation.Number}, though generation "
                    + $"{latest.Number} has met at {at}"
            );
        }
    }
}
