namespace Neptune.Contracts;

/// <summary>A model runs a user's module that a node does not have; the message says what it has.</summary>
[GenerateSerializer, Alias("neptune.missing-module")]
public sealed class MissingModuleException : NeptuneException
{
    /// <summary>An error without a message; use one of the others.</summary>
    public MissingModuleException() { }

    /// <summary>An error that says what is wrong and what to do.</summary>
    public MissingModuleException(string message)
        : base(message) { }

    /// <summary>An error that says what is wrong and what to do, and what led to it.</summary>
    public MissingModuleException(string message, Exception innerException)
        : base(message, innerException) { }
}
