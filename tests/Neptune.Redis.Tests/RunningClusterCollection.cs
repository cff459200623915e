namespace Neptune.Redis.Tests;

[CollectionDefinition(nameof(RunningCluster))]
public sealed class RunningClusterCollection : ICollectionFixture<RunningCluster>;
