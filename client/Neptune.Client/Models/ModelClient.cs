using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Client;

/// <summary>The registry of trained models.</summary>
public sealed class ModelClient
{
    private readonly IGrainFactory _grains;
    private readonly ArtifactClient _artifacts;

    internal ModelClient(IGrainFactory grains, ArtifactClient artifacts) => (_grains, _artifacts) = (grains, artifacts);

    /// <summary>The names of all models.</summary>
    public async Task<IReadOnlyList<string>> ListAsync() =>
        await _grains.GetGrain<INameIndexGrain>(INameIndexGrain.Models).ListAsync();

    /// <summary>All versions of a model, oldest first.</summary>
    public async Task<ImmutableArray<ModelVersion>> ListVersionsAsync(string name) =>
        await Grain(name).ListVersionsAsync();

    /// <summary>A version by number or alias, as <c>name</c>, <c>name@2</c> or <c>name@champion</c>.</summary>
    /// <exception cref="NotFoundException">There is no such model or version; the message offers the nearest.</exception>
    public Task<ModelVersion> GetAsync(string nameAndVersion)
    {
        var at = nameAndVersion.IndexOf('@', StringComparison.Ordinal);
        return at < 0
            ? Grain(nameAndVersion).GetAsync("")
            : Grain(nameAndVersion[..at]).GetAsync(nameAndVersion[(at + 1)..]);
    }

    /// <summary>Points an alias such as <c>champion</c> at a version.</summary>
    public Task SetAliasAsync(string name, string alias, int version) => Grain(name).SetAliasAsync(alias, version);

    /// <summary>Fetches a package and verifies it.</summary>
    /// <exception cref="PackageException">It was altered, or is of a newer format.</exception>
    public async Task<TrainingPackage> OpenAsync(PackageRef package, CancellationToken cancellation = default)
    {
        using var file = new MemoryStream();
        await _artifacts.DownloadAsync(package.Artifact, file, cancellation);
        file.Position = 0;
        return PackageFile.ReadTraining(file, package.Path);
    }

    private IModelGrain Grain(string name) => _grains.GetGrain<IModelGrain>(new ModelName(name).Value);
}
