using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Grains;

[GrainType("neptune.job-index")]
internal sealed class JobIndexGrain(
    [PersistentState("jobs", GrainStorageName.Neptune)] IPersistentState<Stored<JobIndex>> state
) : Grain, IJobIndexGrain
{
    public async Task AddAsync(JobId job)
    {
        var jobs = state.State.Value?.Jobs ?? [];
        if (!jobs.Contains(job))
        {
            await state.SaveAsync(new JobIndex { Jobs = jobs.Add(job) });
        }
    }

    public Task<ImmutableArray<JobId>> ListAsync() => Task.FromResult(state.State.Value?.Jobs ?? []);
}

[GenerateSerializer, Immutable, Alias("neptune.job-index-state")]
internal sealed record JobIndex
{
    [Id(0)]
    public ImmutableArray<JobId> Jobs { get; init; } = [];
}
