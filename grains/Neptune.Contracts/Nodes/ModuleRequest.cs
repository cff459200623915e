using System.Collections.Immutable;

namespace Neptune.Contracts;

/// <summary>Asks a node what a user's module is to a graph.</summary>
[GenerateSerializer, Immutable, Alias("neptune.module-request")]
public sealed record ModuleRequest
{
    /// <summary>Which module.</summary>
    [Id(0)]
    public required NodeModule Module { get; init; }

    /// <summary>What its constructor is given, by name.</summary>
    [Id(1)]
    public ImmutableSortedDictionary<string, string> Settings { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The shape of a sample, without the batch.</summary>
    [Id(2)]
    public required ImmutableArray<long> Sample { get; init; }
}
