namespace Neptune.Storage;

/// <summary>Another process owns the data folder; the message names both.</summary>
[GenerateSerializer, Alias("neptune.data-folder-in-use")]
public sealed class DataFolderInUseException : StorageException
{
    /// <summary>An error without a message; use one of the others.</summary>
    public DataFolderInUseException() { }

    /// <summary>The message names the folder and its owner.</summary>
    public DataFolderInUseException(string message)
        : base(message) { }

    /// <summary>The message names the folder and its owner.</summary>
    public DataFolderInUseException(string message, Exception innerException)
        : base(message, innerException) { }
}
