using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>A job's attempt that waits for nodes.</summary>
[GenerateSerializer, Immutable, Alias("neptune.queued-job")]
public sealed record QueuedJob([property: Id(0)] JobId Job, [property: Id(1)] int Attempt, [property: Id(2)] int Nodes);
