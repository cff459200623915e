namespace Neptune.Simulator;

/// <summary>How long fibers go on: they stop for good where they are once it is over.</summary>
internal sealed class Lifetime
{
    /// <summary>True once it is over.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Ends it.</summary>
    public void End() => IsOver = true;
}
