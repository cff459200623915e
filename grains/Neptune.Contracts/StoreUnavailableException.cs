namespace Neptune.Contracts;

/// <summary>The store of a cluster's state does not answer for now; running jobs go on, and the call can be repeated.</summary>
[GenerateSerializer, Alias("neptune.store-unavailable")]
public sealed class StoreUnavailableException : NeptuneException
{
    /// <summary>An error without a message; use one of the others.</summary>
    public StoreUnavailableException() { }

    /// <summary>An error that names the store and says what to do.</summary>
    public StoreUnavailableException(string message)
        : base(message) { }

    /// <summary>An error that names the store and says what to do, and what led to it.</summary>
    public StoreUnavailableException(string message, Exception innerException)
        : base(message, innerException) { }
}
