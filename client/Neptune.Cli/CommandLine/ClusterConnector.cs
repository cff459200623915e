using Microsoft.Extensions.Logging;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.Hosting;

namespace Neptune.Cli;

/// <summary>Finds the cluster: a remote one, the one another process runs on the data folder, or one in this process.</summary>
internal static class ClusterConnector
{
    public static async Task<NeptuneClient> ConnectAsync(Session session, int? nodes, CancellationToken cancellation)
    {
        var address = session.Get(GlobalOptions.Cluster);
        var folder = session.Get(GlobalOptions.DataDirectory);
        if (address is not null && folder is not null)
        {
            throw new UsageException("Give --cluster or --data-dir, not both: a cluster has its own data folder.");
        }
        if (address is null && folder is null)
        {
            address = Environment.GetEnvironmentVariable(GlobalOptions.ClusterVariable);
        }
        if (!string.IsNullOrEmpty(address))
        {
            return await NeptuneClient.ConnectAsync(address, cancellation);
        }
        var options = new LocalClusterOptions
        {
            DataDirectory = folder,
            Logging = session.Get(GlobalOptions.Verbose) ? null : log => log.SetMinimumLevel(LogLevel.None),
        };
        var neptune = await LocalCluster.JoinOrStartAsync(
            nodes is { } count ? options with { Nodes = count } : options,
            cancellation
        );
        try
        {
            await RequireNodesAsync(neptune, nodes ?? 1);
            return neptune;
        }
        catch
        {
            await neptune.DisposeAsync();
            throw;
        }
    }

    // A cluster in a process gets no more nodes later, so a job that asks for more would wait for ever.
    private static async Task RequireNodesAsync(NeptuneClient neptune, int wanted)
    {
        var present = (await neptune.Nodes.ListAsync()).Length;
        if (present < wanted)
        {
            throw new ConflictException(
                $"{wanted} nodes are asked for, and the process that has the data folder open has {present}. Ask for at "
                    + $"most {present}, end that process, or give another --data-dir."
            );
        }
    }
}
