using System.CommandLine;
using Neptune.Contracts;
using Neptune.Storage;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune down</c>: ends what <c>neptune up</c> started; jobs and data stay.</summary>
internal static class DownCommand
{
    public static Command Create() =>
        new Command("down", "Ends the cluster that `neptune up` started; jobs, data and deployments stay.").Runs(
            RunAsync
        );

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var folder = UpCommand.FolderOf(session);
        using var right = UpCommand.LockOf(folder);
        var output = session.Output;
        if (StartedCluster.Read(folder) is not { } cluster)
        {
            output.Line($"Nothing is up over '{folder}'.");
            output.Event(
                new
                {
                    @event = "done",
                    silos = 0,
                    killed = 0,
                }
            );
            return;
        }
        if (cluster.Host != Environment.MachineName)
        {
            throw new ConflictException(
                $"The cluster over '{folder}' was started on {cluster.Host}: run `neptune down` there."
            );
        }
        var silos = cluster.LivingSilos.Count();
        var killed = await ClusterEnding.EndAsync(folder, cluster);
        output.Line(silos == 0 ? "Its silos had ended before." : $"{Count(silos)} ended.");
        if (cluster.OwnRedis is not null)
        {
            output.Line("Its Redis ended.");
        }
        foreach (var process in killed)
        {
            output.Line($"{process.Name} did not end when asked to, and was killed. Its log is {process.Log}.");
        }
        output.Event(
            new
            {
                @event = "done",
                silos,
                killed = killed.Count,
            }
        );
    }

    private static string Count(int silos) => silos == 1 ? "1 silo" : $"{silos} silos";
}
