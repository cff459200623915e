using Neptune.Client;
using Neptune.Storage;

namespace Neptune.Hosting;

/// <summary>The embedded cluster: a real silo in this process, with its nodes, over a data folder.</summary>
public static class LocalCluster
{
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan JoinPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts the cluster. Disposing the client stops it; jobs, data, packages and deployments stay.</summary>
    /// <exception cref="DataFolderInUseException">Another process has the data folder open.</exception>
    /// <exception cref="StorageException">The data folder cannot be used; the message says why.</exception>
    public static async Task<NeptuneClient> StartAsync(
        LocalClusterOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Nodes, 1, nameof(options.Nodes));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ThreadsPerNode, 1, nameof(options.ThreadsPerNode));
        if (options.Devices is { } devices)
        {
            SiloNames.Check("local", devices);
        }
        if (options.PortableNumerics)
        {
            PortableProcess.Require();
        }
        var folder = DataFolder.Open(options.DataDirectory ?? DataFolder.DefaultPath);
        try
        {
            return await EmbeddedSilo.StartAsync(folder, options, cancellation);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Joins the cluster that has the data folder open, or starts one where none has.</summary>
    /// <exception cref="DataFolderInUseException">Another process has it open, and answers nobody.</exception>
    /// <exception cref="StorageException">The data folder cannot be used; the message says why.</exception>
    public static async Task<NeptuneClient> JoinOrStartAsync(
        LocalClusterOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new();
        var path = options.DataDirectory ?? DataFolder.DefaultPath;
        var since = options.Time.GetTimestamp();
        while (true)
        {
            try
            {
                return await StartAsync(options, cancellation);
            }
            catch (DataFolderInUseException) when (options.Time.GetElapsedTime(since) < JoinPatience)
            {
                // The owner publishes where it answers once it has started, and may end at any moment.
                if (await TryJoinAsync(path, cancellation) is { } client)
                {
                    return client;
                }
                await Task.Delay(JoinPause, options.Time, cancellation);
            }
        }
    }

    private static async Task<NeptuneClient?> TryJoinAsync(string path, CancellationToken cancellation)
    {
        if (DataFolder.ReadEndpoint(path) is not { Gateways: [_, ..] gateways })
        {
            return null;
        }
        try
        {
            return await NeptuneClient.ConnectAsync(string.Join(',', gateways), cancellation);
        }
        catch (ClusterUnreachableException)
        {
            return null;
        }
    }
}
