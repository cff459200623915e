using System.CommandLine;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune nodes resume</c>.</summary>
internal static class NodesResumeCommand
{
    private static readonly Argument<string> Node = NodeArgument.Create();

    public static Command Create() => new Command("resume", "Gives a drained node jobs again.") { Node }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var id = new NodeId(session.Get(Node));
        await using var neptune = await session.ConnectAsync(cancellation);
        var node = await neptune.Nodes.ResumeAsync(id);
        session.Output.Line($"Node {node.Id} gets jobs again.");
        session.Output.Event(NodeWords.ToJson(node, "done"));
    }
}
