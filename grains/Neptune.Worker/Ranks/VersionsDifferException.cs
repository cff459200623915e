namespace Neptune.Worker;

/// <summary>The ranks that have met are not all at one version, as where one found a newer checkpoint than the others.</summary>
internal sealed class VersionsDifferException()
    : Exception("The ranks have not all found the same state to go on from: they go on from the newest.");
