using System.CommandLine;
using Spectre.Console;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune nodes list</c>.</summary>
internal static class NodesListCommand
{
    public static Command Create() =>
        new Command("list", "Lists all nodes, and the job that holds each.").Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        await using var neptune = await session.ConnectAsync(cancellation);
        var nodes = await neptune.Nodes.ListAsync();
        var output = session.Output;
        var table = output.NewTable("node", "job", "labels", "threads", "memory", "GFLOP/s", "numerics", "modules");
        foreach (var node in nodes)
        {
            table.AddRow(
                new Text(node.Id.Value),
                new Text(NodeWords.StateOf(node)),
                new Text(string.Join(" ", node.Labels.Select(l => $"{l.Key}={l.Value}"))),
                new Text($"{node.Threads}"),
                new Text(node.MemoryBytes > 0 ? $"{node.MemoryBytes / (double)(1 << 30):0.0} GiB" : "-"),
                new Text($"{node.Gflops:0}"),
                new Text(node.NumericsFingerprint),
                new Text(string.Join(" ", node.Modules.Select(m => $"{m.Name}@{m.Version}")))
            );
            output.Event(NodeWords.ToJson(node, "node"));
        }
        output.Words.Write(table);
        output.Event(new { @event = "done", count = nodes.Length });
    }
}
