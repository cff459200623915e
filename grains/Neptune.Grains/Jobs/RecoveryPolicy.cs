namespace Neptune.Grains;

/// <summary>What happens to a job that has lost all its nodes.</summary>
/// <param name="ResumesByItself">
/// True where it queues for others and goes on from its last package, as in a cluster; false where it pauses until its owner
/// resumes it, as in a process that may be started for something else.
/// </param>
public sealed record RecoveryPolicy(bool ResumesByItself);
