using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Neptune.Contracts;

/// <summary>A data set's versions. Its key is the <see cref="DatasetName"/>.</summary>
[Alias("neptune.dataset")]
public interface IDatasetGrain : IGrainWithStringKey
{
    /// <summary>Reads the files once into content-addressed chunks; equal content gives the version that has it.</summary>
    /// <exception cref="InvalidInputException">A file cannot be read; the message names it.</exception>
    [Alias("import"), ResponseTimeout("00:30:00")]
    Task<DatasetInfo> ImportAsync(DatasetImport import);

    /// <summary>A version, 0 being the latest. A built-in data set is there without an import.</summary>
    /// <exception cref="NotFoundException">There is no such data set or version; the message offers the nearest.</exception>
    [Alias("info")]
    Task<DatasetInfo> GetAsync(int version);

    /// <summary>All versions, oldest first; none where the data set is unknown.</summary>
    [Alias("versions"), AlwaysInterleave]
    Task<ImmutableArray<DatasetInfo>> ListVersionsAsync();
}
