namespace Neptune.Simulator;

/// <summary>What must never be so, is.</summary>
internal sealed class InvariantViolatedException(string invariant, string message) : Exception(message)
{
    /// <summary>The invariant's name.</summary>
    public string Invariant => invariant;
}
