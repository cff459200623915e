namespace Neptune.Hosting;

/// <summary>How gradients travel between silos.</summary>
public enum SiloLinks
{
    /// <summary>Unix domain sockets within a machine, TCP between machines.</summary>
    Auto,

    /// <summary>Unix domain sockets only.</summary>
    Unix,

    /// <summary>TCP only.</summary>
    Tcp,
}
