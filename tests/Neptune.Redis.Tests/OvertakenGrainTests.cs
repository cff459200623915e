using Neptune.Contracts;

namespace Neptune.Redis.Tests;

/// <summary>
/// Another activation of a grain has written behind the back of this one, as can happen for a moment while silos come. Here the
/// test alters the version of the state in the store, so that what the activation writes next is refused.
/// </summary>
[Collection(nameof(RunningCluster))]
public sealed class OvertakenGrainTests(RunningCluster cluster)
{
    [Fact]
    public async Task Given_a_scheduler_whose_write_is_refused_when_it_is_called_then_the_call_is_made_anew_and_done()
    {
        var nodes = cluster.Client.Nodes;
        var node = (await nodes.ListAsync())[0].Id;
        await OvertakeAsync("scheduler");
        Assert.True((await nodes.DrainAsync(node)).IsDrained);
        await OvertakeAsync("scheduler");
        Assert.False((await nodes.ResumeAsync(node)).IsDrained);
    }

    private async Task OvertakeAsync(string state)
    {
        var server = cluster.Table.Multiplexer.GetServers()[0];
        var keys = server
            .Keys(cluster.Table.Database, $"*{state}*")
            .Where(key => cluster.Table.HashExists(key, "etag"));
        await cluster.Table.HashSetAsync(Assert.Single(keys), "etag", Guid.NewGuid().ToString());
    }
}
