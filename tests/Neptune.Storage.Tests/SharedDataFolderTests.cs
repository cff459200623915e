namespace Neptune.Storage.Tests;

public sealed class SharedDataFolderTests : IDisposable
{
    private readonly TemporaryFolder _parent = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _parent.Dispose();

    [Fact]
    public async Task Given_silos_of_one_cluster_when_they_come_and_go_then_the_endpoint_names_those_that_are_there()
    {
        var one = SharedDataFolder.Join(_parent.Path);
        var two = SharedDataFolder.Join(_parent.Path);
        await Task.WhenAll(AnnounceAsync(one, "one", "127.0.0.1:1"), AnnounceAsync(two, "two", "127.0.0.1:2"));
        var endpoint = DataFolder.ReadEndpoint(_parent.Path)!;
        Assert.Equal("redis:6379", endpoint.Redis);
        Assert.Equivalent(new[] { "127.0.0.1:1", "127.0.0.1:2" }, endpoint.Gateways, strict: true);
        one.Dispose();
        Assert.Equal(["127.0.0.1:2"], DataFolder.ReadEndpoint(_parent.Path)!.Gateways);
        two.Dispose();
        Assert.Null(DataFolder.ReadEndpoint(_parent.Path));
    }

    [Fact]
    public async Task Given_a_silo_that_was_killed_when_another_is_announced_then_the_dead_one_is_forgotten()
    {
        using var one = SharedDataFolder.Join(_parent.Path);
        await one.AnnounceAsync(Member("one", "127.0.0.1:1", new(int.MaxValue, "1")), "c", "s", "redis:6379", Token);
        using var two = SharedDataFolder.Join(_parent.Path);
        await AnnounceAsync(two, "two", "127.0.0.1:2");
        Assert.Equal(["127.0.0.1:2"], DataFolder.ReadEndpoint(_parent.Path)!.Gateways);
    }

    [Fact]
    public async Task Given_silos_of_one_cluster_when_one_of_another_comes_then_it_is_told_which()
    {
        using var one = SharedDataFolder.Join(_parent.Path);
        await AnnounceAsync(one, "one", "127.0.0.1:1");
        using var two = SharedDataFolder.Join(_parent.Path);
        var error = await Assert.ThrowsAsync<StorageException>(() =>
            two.AnnounceAsync(Member("two", "127.0.0.1:2", ProcessIdentity.Current), "c", "s", "other:6379", Token)
        );
        Assert.Contains("Redis at redis:6379, and this silo's Redis is at other:6379", error.Message);
    }

    [Fact]
    public async Task Given_silos_of_a_cluster_when_an_embedded_cluster_wants_the_folder_then_it_is_told_of_them()
    {
        using (var one = SharedDataFolder.Join(_parent.Path))
        {
            await AnnounceAsync(one, "one", "127.0.0.1:1");
            var error = Assert.Throws<DataFolderInUseException>(() => DataFolder.Open(_parent.Path));
            Assert.Contains("in use by a silo of the cluster with Redis at redis:6379", error.Message);
            Assert.Contains("--cluster 127.0.0.1:1", error.Message);
        }
        using var folder = DataFolder.Open(_parent.Path);
    }

    [Fact]
    public void Given_an_embedded_cluster_in_another_process_when_a_silo_of_a_cluster_wants_the_folder_then_it_is_told()
    {
        using var holder = new FolderHolder(_parent.Path);
        var error = Assert.Throws<DataFolderInUseException>(() => SharedDataFolder.Join(_parent.Path));
        Assert.Contains($"in use by process {holder.ProcessId}", error.Message);
    }

    [Fact]
    public void Given_a_cluster_that_was_started_and_whose_silos_ended_when_an_embedded_one_opens_then_it_is_refused()
    {
        new StartedCluster { Host = "here", Redis = "redis:6379" }.Write(_parent.Path);
        var error = Assert.Throws<StorageException>(() => DataFolder.Open(_parent.Path));
        Assert.Contains("Start it again by `neptune up`, give it up by `neptune down`", error.Message);
        StartedCluster.Forget(_parent.Path);
        using var folder = DataFolder.Open(_parent.Path);
    }

    [Fact]
    public void Given_a_place_for_artifacts_when_joined_then_they_lie_there()
    {
        using var folder = SharedDataFolder.Join(_parent.At("data"), _parent.At("artifacts"));
        Assert.StartsWith(_parent.At("artifacts"), folder.Artifacts.PathOf(new string('a', 64)));
    }

    private static Task AnnounceAsync(SharedDataFolder folder, string name, string gateway) =>
        folder.AnnounceAsync(Member(name, gateway, ProcessIdentity.Current), "c", "s", "redis:6379", Token);

    private static ClusterMember Member(string name, string gateway, ProcessIdentity process) =>
        new()
        {
            Name = name,
            Host = Environment.MachineName,
            Process = process,
            Gateway = gateway,
        };
}
