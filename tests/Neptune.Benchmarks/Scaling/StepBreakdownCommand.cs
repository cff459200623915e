using System.Text.Json;
using Neptune.Collectives;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>The command <c>step-breakdown</c>: where the time of a step of one and of two processes goes.</summary>
internal static class StepBreakdownCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task<int> RunAsync(LinkKind link, string? only, bool json, CancellationToken cancellation)
    {
        var wanted = Workload.OfNodesNamed(only);
        if (wanted.Count == 0)
        {
            return 2;
        }
        var rows = new List<(string Workload, int Processes, WorkerBlock Step)>();
        foreach (var workload in wanted)
        {
            foreach (var processes in (int[])[1, 2])
            {
                await using var group = await WorkerGroup.NodesAsync(
                    "nodes",
                    workload,
                    processes,
                    NodesForm.OneJob,
                    link,
                    cancellation
                );
                await group.TrainAsync(workload.BlockSteps * 2, cancellation);
                var blocks = new List<WorkerBlock>();
                for (var block = 0; block < 8; block++)
                {
                    blocks.AddRange(await group.TrainAsync(workload.BlockSteps, cancellation));
                }
                rows.Add((workload.Name, processes, Mean(blocks, workload.BlockSteps)));
            }
        }
        if (json)
        {
            Console.WriteLine(
                JsonSerializer.Serialize(
                    rows.Select(r => new
                    {
                        r.Workload,
                        r.Processes,
                        stepSeconds = r.Step.Seconds,
                        r.Step.Compute,
                        r.Step.Send,
                        r.Step.Receive,
                        r.Step.Sum,
                        r.Step.Wait,
                        r.Step.Optimizer,
                    }),
                    Json
                )
            );
            return 0;
        }
        var table = new Table { Border = TableBorder.Markdown }.AddColumns(
            "workload",
            "processes",
            "step ms",
            "compute",
            "send",
            "receive",
            "sum",
            "wait",
            "optimizer"
        );
        foreach (var (workload, processes, step) in rows)
        {
            table.AddRow([
                workload,
                $"{processes}",
                $"{step.Seconds * 1e3:N3}",
                .. new[] { step.Compute, step.Send, step.Receive, step.Sum, step.Wait, step.Optimizer }.Select(part =>
                    $"{part / step.Seconds:P1}"
                ),
            ]);
        }
        AnsiConsole.Write(table);
        return 0;
    }

    private static WorkerBlock Mean(List<WorkerBlock> blocks, int steps)
    {
        double Of(Func<WorkerBlock, double> part) => blocks.Average(part) / steps;
        return new(Of(b => b.Seconds), 0, "")
        {
            Compute = Of(b => b.Compute),
            Send = Of(b => b.Send),
            Receive = Of(b => b.Receive),
            Sum = Of(b => b.Sum),
            Wait = Of(b => b.Wait),
            Optimizer = Of(b => b.Optimizer),
        };
    }
}
