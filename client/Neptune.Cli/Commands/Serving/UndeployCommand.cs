using System.CommandLine;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune undeploy</c>.</summary>
internal static class UndeployCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The deployment's name." };

    public static Command Create() => new Command("undeploy", "Ends a deployment.") { Name }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var name = new EndpointName(session.Get(Name));
        await using var neptune = await session.ConnectAsync(cancellation);
        await neptune.Endpoints.UndeployAsync(name.Value);
        session.Output.Line($"{name} answers no more.");
        session.Output.Event(new { @event = "done", endpoint = name.Value });
    }
}
