using System.CommandLine;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune nodes drain</c>.</summary>
internal static class NodesDrainCommand
{
    private static readonly Argument<string> Node = NodeArgument.Create();

    public static Command Create() =>
        new Command("drain", "Gives a node no new jobs; one that it works for goes on to its end.") { Node }.Runs(
            RunAsync
        );

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var id = new NodeId(session.Get(Node));
        await using var neptune = await session.ConnectAsync(cancellation);
        var node = await neptune.Nodes.DrainAsync(id);
        session.Output.Line(
            $"Node {node.Id} gets no new job{(node.Job is { } job ? $"; {job} goes on to its end" : "")}. "
                + $"Give it jobs again by: {session.Suggest($"nodes resume {node.Id}")}"
        );
        session.Output.Event(NodeWords.ToJson(node, "done"));
    }
}
