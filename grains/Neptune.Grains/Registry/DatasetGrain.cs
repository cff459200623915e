using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Grains;

[GrainType("neptune.dataset")]
internal sealed class DatasetGrain(
    [PersistentState("dataset", GrainStorageName.Neptune)] IPersistentState<Stored<DatasetVersions>> stored,
    IDatasetImporter importer
) : Grain, IDatasetGrain
{
    private ImmutableArray<DatasetInfo> Versions => stored.State.Value?.Versions ?? [];

    private string Name => this.GetPrimaryKeyString();

    public async Task<DatasetInfo> ImportAsync(DatasetImport import)
    {
        var info = await importer.ImportAsync(new(Name), import, CancellationToken.None);
        if (Versions.FirstOrDefault(v => v.Sha256 == info.Sha256) is { } known)
        {
            return known;
        }
        info = info with { Version = Versions.Length + 1 };
        await stored.SaveAsync(new DatasetVersions { Versions = Versions.Add(info) });
        await GrainFactory.GetGrain<INameIndexGrain>(INameIndexGrain.Datasets).AddAsync(Name);
        return info;
    }

    public async Task<DatasetInfo> GetAsync(int version)
    {
        if (Versions.IsEmpty && importer.BuiltIn.Contains(Name))
        {
            await ImportAsync(new() { Format = Name });
        }
        if (Versions.IsEmpty)
        {
            throw await MissingNames.ErrorAsync(
                GrainFactory,
                INameIndexGrain.Datasets,
                "data set",
                Name,
                importer.BuiltIn
            );
        }
        return version == 0 ? Versions[^1]
            : version <= Versions.Length ? Versions[version - 1]
            : throw new NotFoundException($"Data set {Name} has no version {version}; it has 1 to {Versions.Length}.");
    }

    public Task<ImmutableArray<DatasetInfo>> ListVersionsAsync() => Task.FromResult(Versions);
}

[GenerateSerializer, Immutable, Alias("neptune.dataset-versions")]
internal sealed record DatasetVersions
{
    [Id(0)]
    public ImmutableArray<DatasetInfo> Versions { get; init; } = [];
}
