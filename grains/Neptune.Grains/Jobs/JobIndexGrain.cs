using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Grains;

[GrainType("neptune.job-index")]
internal sealed class JobIndexGrain(
    [PersistentState("jobs", GrainStorageName.Neptune)] IPersistentState<Stored<JobIndex>> state
) : Grain, IJobIndexGrain
{
    private JobIndex Index => state.State.Value ?? new();

    public async Task AddAsync(JobId job)
    {
        if (!Index.Open.Contains(job))
        {
            await state.SaveAsync(
                new JobIndex
                {
                    Jobs = Index.Jobs.Contains(job) ? Index.Jobs : Index.Jobs.Add(job),
                    Open = Index.Open.Add(job),
                }
            );
        }
    }

    public async Task CloseAsync(JobId job)
    {
        if (Index.Open.Contains(job))
        {
            await state.SaveAsync(Index with { Open = Index.Open.Remove(job) });
        }
    }

    public Task<ImmutableArray<JobId>> ListAsync() => Task.FromResult(Index.Jobs);

    public Task<ImmutableArray<JobId>> ListOpenAsync() => Task.FromResult(Index.Open);
}

[GenerateSerializer, Immutable, Alias("neptune.job-index-state")]
internal sealed record JobIndex
{
    [Id(0)]
    public ImmutableArray<JobId> Jobs { get; init; } = [];

    [Id(1)]
    public ImmutableArray<JobId> Open { get; init; } = [];
}
