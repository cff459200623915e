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
    public ICollective Join(string job, int generation, int rank, int worldSize)
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
            return group.Join(rank);
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
