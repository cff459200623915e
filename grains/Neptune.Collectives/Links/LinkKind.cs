namespace Neptune.Collectives;

/// <summary>What two ranks exchange bytes through.</summary>
public enum LinkKind
{
    /// <summary>Memory within a process, a Unix domain socket within a host, TCP otherwise.</summary>
    Auto,

    /// <summary>The process's memory.</summary>
    Memory,

    /// <summary>A Unix domain socket.</summary>
    Unix,

    /// <summary>A TCP connection.</summary>
    Tcp,
}
