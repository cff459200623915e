using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Neptune.Contracts;

/// <summary>A model's versions and aliases. Its key is the <see cref="ModelName"/>.</summary>
[Alias("neptune.model")]
public interface IModelGrain : IGrainWithStringKey
{
    /// <summary>Adds a version and points <c>latest</c> at it; a package that is there keeps its version.</summary>
    [Alias("register")]
    Task<ModelVersion> RegisterAsync(ModelVersion version);

    /// <summary>A version by number or alias; empty is <c>latest</c>.</summary>
    /// <exception cref="NotFoundException">There is no such version; the message names those there are.</exception>
    [Alias("get"), AlwaysInterleave]
    Task<ModelVersion> GetAsync(string versionOrAlias);

    /// <summary>All versions, oldest first; none where the model is unknown.</summary>
    [Alias("versions"), AlwaysInterleave]
    Task<ImmutableArray<ModelVersion>> ListVersionsAsync();

    /// <summary>Points an alias such as <c>champion</c> at a version.</summary>
    [Alias("alias")]
    Task SetAliasAsync(string alias, int version);
}
