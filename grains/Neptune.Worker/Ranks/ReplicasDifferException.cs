namespace Neptune.Worker;

/// <summary>Replicas that must be equal are not.</summary>
internal sealed class ReplicasDifferException(Verdict verdict) : Exception(verdict.Evidence)
{
    /// <summary>Who was wrong.</summary>
    public Verdict Verdict => verdict;
}
