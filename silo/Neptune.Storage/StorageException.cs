using Neptune.Contracts;

namespace Neptune.Storage;

/// <summary>The data folder cannot be used as it should. The message names the path, the reason and what to do.</summary>
[GenerateSerializer, Alias("neptune.storage-error")]
public class StorageException : NeptuneException
{
    /// <summary>An error without a message; use one of the others.</summary>
    public StorageException() { }

    /// <summary>The message names the path, the reason and what to do.</summary>
    public StorageException(string message)
        : base(message) { }

    /// <summary>The message names the path, the reason and what to do.</summary>
    public StorageException(string message, Exception innerException)
        : base(message, innerException) { }
}
