namespace Neptune.Collectives;

/// <summary>A group of ranks has ended before its work was done.</summary>
public sealed class CollectiveAbortedException : Exception
{
    /// <summary>An error without a message; use one of the others.</summary>
    public CollectiveAbortedException() { }

    /// <summary>The message names the rank that gave up and why.</summary>
    public CollectiveAbortedException(string message)
        : base(message) { }

    /// <summary>The message names the rank that gave up and why.</summary>
    public CollectiveAbortedException(string message, Exception? innerException)
        : base(message, innerException) { }

    /// <summary>The rank that this one saw fail; null where it was told by another, or gave up itself.</summary>
    public int? Rank { get; init; }

    /// <summary>How it was learnt.</summary>
    public CollectiveFailure Failure { get; init; }

    /// <summary>The node of <see cref="Rank"/>.</summary>
    public string? Node { get; init; }
}
