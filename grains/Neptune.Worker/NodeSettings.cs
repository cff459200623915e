using System.Collections.Immutable;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>Which nodes a silo has.</summary>
public sealed record NodeSettings
{
    /// <summary>The silo's name, the first part of its nodes' names.</summary>
    public required string Host { get; init; }

    /// <summary>Device names, such as cpu:0 and cpu:1; at least one.</summary>
    public required ImmutableArray<string> Devices { get; init; }

    /// <summary>Threads of one operation on a CPU; the bits of results depend on it.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The users' modules that they can run.</summary>
    public ModuleCatalog Modules { get; init; } = ModuleCatalog.Empty;

    /// <summary>Faults that its devices are made to have.</summary>
    public ImmutableArray<FaultInjection> Faults { get; init; } = [];

    /// <summary>Words that all its nodes get, such as zone=a.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;
}
