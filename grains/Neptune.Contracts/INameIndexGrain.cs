using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Neptune.Contracts;

/// <summary>Remembers names of one kind. Its key is the kind.</summary>
[Alias("neptune.name-index")]
public interface INameIndexGrain : IGrainWithStringKey
{
    /// <summary>The key of the data sets' names.</summary>
    const string Datasets = "datasets";

    /// <summary>The key of the models' names.</summary>
    const string Models = "models";

    /// <summary>The key of the deployments' names.</summary>
    const string Endpoints = "endpoints";

    /// <summary>Adds a name; adding it again changes nothing.</summary>
    [Alias("add")]
    Task AddAsync(string name);

    /// <summary>Takes a name out.</summary>
    [Alias("remove")]
    Task RemoveAsync(string name);

    /// <summary>All names in ordinal order.</summary>
    [Alias("list"), AlwaysInterleave]
    Task<ImmutableArray<string>> ListAsync();
}
