using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>Turns uploaded files into chunks and a manifest.</summary>
public interface IDatasetImporter
{
    /// <summary>Names of data sets that need no files, such as <c>digits</c>.</summary>
    IReadOnlyCollection<string> BuiltIn { get; }

    /// <summary>Reads the files; the version number of the result is 0, the caller sets it.</summary>
    /// <exception cref="InvalidInputException">A file cannot be read; the message names it.</exception>
    Task<DatasetInfo> ImportAsync(DatasetName name, DatasetImport import, CancellationToken cancellation);
}
