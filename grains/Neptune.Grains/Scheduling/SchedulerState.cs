using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Grains;

[GenerateSerializer, Immutable, Alias("neptune.scheduler-state")]
internal sealed record SchedulerState
{
    [Id(0)]
    public ImmutableArray<QueuedJob> Queue { get; init; } = [];

    [Id(1)]
    public NodeRegistry Registry { get; init; } = new();
}
