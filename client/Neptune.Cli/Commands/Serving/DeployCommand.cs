using System.CommandLine;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune deploy</c>.</summary>
internal static class DeployCommand
{
    private static readonly Argument<string> Model = new("MODEL")
    {
        Description = "A model of the registry: NAME, NAME@VERSION or NAME@ALIAS.",
    };
    private static readonly Option<string> Name = new("--name")
    {
        Description = "The name to answer by.",
        HelpName = "ENDPOINT",
        Required = true,
    };
    private static readonly Option<bool> Replace = new("--replace")
    {
        Description = "Take the place of what the name serves now.",
    };

    public static Command Create() =>
        new Command("deploy", "Deploys a trained model by name.") { Model, Name, Replace }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var name = new EndpointName(session.Get(Name));
        await using var neptune = await session.ConnectAsync(cancellation);
        var version = await neptune.Models.GetAsync(session.Get(Model));
        var endpoint = await neptune.DeployAsync(version.Package, name.Value, session.Get(Replace));
        session.Output.Line(
            $"{endpoint.Name} serves {endpoint.Package.Model}@{endpoint.Package.Version} from {string.Join(", ", endpoint.Replicas)}."
        );
        session.Output.Line($"Ask it by: {session.Suggest($"predict {endpoint.Name} --input picture.png")}");
        session.Output.Event(
            new
            {
                @event = "done",
                endpoint = endpoint.Name.Value,
                model = endpoint.Package.Model.Value,
                version = endpoint.Package.Version,
                weightsSha256 = endpoint.Package.WeightsSha256,
                replicas = endpoint.Replicas.Select(r => r.Value),
            }
        );
    }
}
