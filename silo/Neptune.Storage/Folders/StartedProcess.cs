namespace Neptune.Storage;

/// <summary>A process that <c>neptune up</c> started.</summary>
/// <param name="Name">The silo's name, or <c>redis</c>.</param>
/// <param name="Process">Which process.</param>
/// <param name="Log">The file it writes its log to.</param>
public sealed record StartedProcess(string Name, ProcessIdentity Process, string Log);
