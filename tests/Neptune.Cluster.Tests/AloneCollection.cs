namespace Neptune.Cluster.Tests;

/// <summary>Tests that count what the whole process does: no other test runs meanwhile.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
