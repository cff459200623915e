using Neptune.Client;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary>The way to a cluster that has the nodes that a known job wants.</summary>
internal static class JobCluster
{
    /// <summary>Connects.</summary>
    /// <param name="session">The command.</param>
    /// <param name="job">The job.</param>
    /// <param name="nodes">How many nodes are asked for; null takes as many as the job had.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<NeptuneClient> ConnectAsync(
        Session session,
        JobId job,
        int? nodes,
        CancellationToken cancellation
    )
    {
        if (nodes is not null)
        {
            return await session.ConnectAsync(cancellation, nodes);
        }
        // How many the job wants is only known to the cluster, so one in this process may have to start anew.
        var neptune = await session.ConnectAsync(cancellation);
        try
        {
            var wanted = (await neptune.Jobs.GetAsync(job)).Spec.Nodes;
            if (wanted <= (await neptune.Nodes.ListAsync()).Length)
            {
                return neptune;
            }
            await neptune.DisposeAsync();
            return await session.ConnectAsync(cancellation, wanted);
        }
        catch
        {
            await neptune.DisposeAsync();
            throw;
        }
    }
}
