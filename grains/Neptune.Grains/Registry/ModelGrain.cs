using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Grains;

[GrainType("neptune.model")]
internal sealed class ModelGrain(
    [PersistentState("model", GrainStorageName.Neptune)] IPersistentState<Stored<ModelVersions>> stored
) : Grain, IModelGrain
{
    private const string Latest = "latest";

    private ImmutableArray<ModelVersion> Versions => stored.State.Value?.Versions ?? [];

    public async Task<ModelVersion> RegisterAsync(ModelVersion version)
    {
        if (Versions.FirstOrDefault(v => v.Package.Artifact == version.Package.Artifact) is { } known)
        {
            return known;
        }
        var number = Versions.Length + 1;
        var added = version with { Package = version.Package with { Version = number }, Aliases = [] };
        await SaveAsync(Versions.Add(added), Latest, number);
        await GrainFactory.GetGrain<INameIndexGrain>(INameIndexGrain.Models).AddAsync(this.GetPrimaryKeyString());
        return Versions[^1];
    }

    public async Task<ModelVersion> GetAsync(string versionOrAlias)
    {
        var wanted = versionOrAlias.Length == 0 ? Latest : versionOrAlias;
        var found = Versions.FirstOrDefault(v =>
            v.Package.Version.ToString() == wanted || v.Aliases.Contains(wanted, StringComparer.Ordinal)
        );
        if (found is not null)
        {
            return found;
        }
        var name = this.GetPrimaryKeyString();
        if (Versions.IsEmpty)
        {
            throw await MissingNames.ErrorAsync(GrainFactory, INameIndexGrain.Models, "model", name);
        }
        throw new NotFoundException(
            $"Model {name} has no version '{wanted}'. It has 1 to {Versions.Length}, and the aliases "
                + $"{string.Join(", ", Versions.SelectMany(v => v.Aliases))}."
        );
    }

    public Task<ImmutableArray<ModelVersion>> ListVersionsAsync() => Task.FromResult(Versions);

    public async Task SetAliasAsync(string alias, int version)
    {
        if (int.TryParse(alias, out _) || string.IsNullOrWhiteSpace(alias))
        {
            throw new InvalidInputException($"'{alias}' is no alias: use a word such as champion.");
        }
        await GetAsync(version.ToString());
        await SaveAsync(Versions, alias, version);
    }

    private Task SaveAsync(ImmutableArray<ModelVersion> versions, string alias, int version) =>
        stored.SaveAsync(
            new ModelVersions
            {
                Versions =
                [
                    .. versions.Select(v =>
                        v with
                        {
                            Aliases =
                            [
                                .. v.Aliases.Where(a => a != alias),
                                .. v.Package.Version == version ? [alias] : ImmutableArray<string>.Empty,
                            ],
                        }
                    ),
                ],
            }
        );
}

[GenerateSerializer, Immutable, Alias("neptune.model-versions")]
internal sealed record ModelVersions
{
    [Id(0)]
    public ImmutableArray<ModelVersion> Versions { get; init; } = [];
}
