namespace Neptune.Collectives;

/// <summary>
/// The in-memory groups of a process, found by job and generation. A group is dropped when all its ranks have left, or
/// when a later generation of its job begins and none of its ranks is there any more. Safe for all threads.
/// </summary>
public sealed class InMemoryGroups
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Job, int Generation), InMemoryGroup> _groups = [];

    /// <summary>The number of groups that are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _groups.Count;
        }
    }

    /// <summary>Gives a rank its end of the job's group, which the first to come makes.</summary>
    /// <exception cref="InvalidOperationException">
    /// The rank has joined before, or the group has another world size.
    /// </exception>
    public ICollective Join(string job, int generation, int rank, int worldSize) =>
        Enter(job, generation, rank, worldSize).Collective;

    /// <summary>The same, and waits for the other ranks.</summary>
    /// <param name="job">The job.</param>
    /// <param name="generation">Which generation of it.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="worldSize">The number of ranks.</param>
    /// <param name="patience">So long each has time to join; infinite where nobody is waited for.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CollectiveAbortedException">A rank has not joined in time; the error names it.</exception>
    public async Task<ICollective> JoinAsync(
        string job,
        int generation,
        int rank,
        int worldSize,
        TimeSpan patience,
        CancellationToken cancellation
    )
    {
        var (group, collective) = Enter(job, generation, rank, worldSize);
        if (patience == Timeout.InfiniteTimeSpan)
            return collective;
        try
        {
            return await group.MissingAsync(patience, cancellation) is { } missing
                ? throw new CollectiveAbortedException(
                    $"Rank {missing} of {worldSize} ({job}, generation {generation}) has not joined within {patience.TotalSeconds:0.#} s."
                )
                {
                    Rank = missing,
                    Failure = CollectiveFailure.Unreachable,
                }
                : collective;
        }
        catch
        {
            collective.Dispose();
            throw;
        }
    }

    private (InMemoryGroup Group, ICollective Collective) Enter(string job, int generation, int rank, int worldSize)
    {
        lock (_gate)
        {
            var key = (job, generation);
            if (!_groups.TryGetValue(key, out var group))
            {
                foreach (var (old, ended) in _groups)
                {
                    if (old.Job == job && old.Generation < generation && !ended.HasMembers)
                        _groups.Remove(old);
                }
                group = new InMemoryGroup(worldSize, job, generation, () => DropIfOver(key));
                _groups.Add(key, group);
            }
            if (group.WorldSize != worldSize)
            {
                throw new InvalidOperationException(
                    $"Rank {rank} joins {job}, generation {generation} with a world size of {worldSize}, "
                        + $"but the group has {group.WorldSize} ranks."
                );
            }
            return (group, group.Join(rank));
        }
    }

    private void DropIfOver((string, int) key)
    {
        lock (_gate)
        {
            if (_groups.TryGetValue(key, out var group) && group.IsOver)
                _groups.Remove(key);
        }
    }
}
