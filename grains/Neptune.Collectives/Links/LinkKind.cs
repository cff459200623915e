namespace Neptune.Collectives;

/// <summary>What two ranks exchange bytes through.</summary>
public enum LinkKind
{
    /// <summary>
    /// The fastest that works: memory within a process, shared memory or a Unix domain socket within a host, TCP otherwise.
    /// </summary>
    Auto,

    /// <summary>The process's memory.</summary>
    Memory,

    /// <summary>Memory that two processes of a host share, with a Unix domain socket beside it; Linux only.</summary>
    Shared,

    /// <summary>A Unix domain socket.</summary>
    Unix,

    /// <summary>A TCP connection.</summary>
    Tcp,
}
