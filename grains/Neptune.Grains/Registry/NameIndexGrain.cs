using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Grains;

[GrainType("neptune.name-index")]
internal sealed class NameIndexGrain(
    [PersistentState("names", GrainStorageName.Neptune)] IPersistentState<Stored<NameIndex>> state
) : Grain, INameIndexGrain
{
    private ImmutableSortedSet<string> Names =>
        state.State.Value?.Names ?? ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    public Task AddAsync(string name) => SaveAsync(Names.Add(name));

    public Task RemoveAsync(string name) => SaveAsync(Names.Remove(name));

    public Task<ImmutableArray<string>> ListAsync() => Task.FromResult<ImmutableArray<string>>([.. Names]);

    private async Task SaveAsync(ImmutableSortedSet<string> names)
    {
        if (!names.SetEquals(Names))
        {
            await state.SaveAsync(new NameIndex { Names = names });
        }
    }
}

[GenerateSerializer, Immutable, Alias("neptune.name-index-state")]
internal sealed record NameIndex
{
    [Id(0)]
    public ImmutableSortedSet<string> Names { get; init; } = [];
}
