using System.Text.Json;
using Neptune.Collectives;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>scaling</c>: two processes of one thread that train one model, next to two independent plain loops side
/// by side, which share the machine's memory bandwidth alike.
/// </summary>
internal static class ScalingCommand
{
    private const int Pair = 2;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task<int> RunAsync(
        LinkKind link,
        string? only,
        string? peer,
        bool quick,
        bool json,
        CancellationToken cancellation
    )
    {
        var wanted = Workload.OfNodesNamed(only);
        if (wanted.Count == 0)
        {
            return 2;
        }
        var results = new List<ScalingResult>();
        foreach (var workload in wanted)
        {
            results.AddRange(await MeasureAsync(workload, link, peer, quick ? 6 : 20, cancellation));
        }
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { results, missing = PyTorchPair.Missing }, Json));
            return 0;
        }
        var table = new Table { Border = TableBorder.Markdown }.AddColumns(
            "workload",
            "who",
            "samples/s",
            "of plain pair",
            "to reach",
            "of own pair"
        );
        foreach (var r in results)
        {
            table.AddRow(
                r.Workload,
                r.Contender,
                $"{r.SamplesPerSecond:N0}",
                $"{r.Ratio:F2}",
                $"{r.Target:F2}",
                $"{r.OwnRatio:F2}"
            );
        }
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 120; // a file has no width to fit in
        AnsiConsole.Write(table);
        if (PyTorchPair.Missing is { } missing)
        {
            AnsiConsole.WriteLine(missing);
        }
        return 0;
    }

    private static async Task<IEnumerable<ScalingResult>> MeasureAsync(
        Workload workload,
        LinkKind link,
        string? peer,
        int blocks,
        CancellationToken cancellation
    )
    {
        var groups = new List<WorkerGroup>();
        try
        {
            groups.Add(await WorkerGroup.PlainAsync(workload, Pair, cancellation));
            groups.Add(
                await WorkerGroup.NodesAsync("neptune, one job", workload, Pair, NodesForm.OneJob, link, cancellation)
            );
            groups.Add(
                await WorkerGroup.NodesAsync(
                    "neptune, independent",
                    workload,
                    Pair,
                    NodesForm.Independent,
                    link,
                    cancellation
                )
            );
            if (peer is not null)
            {
                groups.AddRange(await PyTorchPair.StartAsync(workload, cancellation));
            }
            var rates = groups.ToDictionary(g => g, _ => new List<double>());
            foreach (var group in groups)
            {
                await group.TrainAsync(workload.BlockSteps * 2, cancellation);
            }
            for (var block = 0; block < blocks; block++)
            {
                foreach (var group in block % 2 == 0 ? groups : groups.AsEnumerable().Reverse())
                {
                    var done = await group.TrainAsync(workload.BlockSteps, cancellation);
                    rates[group].Add(done.Sum(d => workload.Rows * workload.BlockSteps / d.Seconds));
                    if (group == groups[1] && done.Select(d => d.WeightsSha256).Distinct().Count() > 1)
                    {
                        throw new InvalidOperationException($"{workload.Name}: the two ranks' weights differ.");
                    }
                }
            }
            return
            [
                .. groups.Select(
                    (g, i) =>
                        new ScalingResult(
                            workload.Name,
                            g.Name,
                            Statistics.Median(rates[g]),
                            RatioTo(g, groups[0]),
                            i is 1 or 3 ? RatioTo(g, groups[i + 1]) : null, // its independent pair is started next
                            i == 1 ? TargetOf(workload) : null
                        )
                ),
            ];

            double RatioTo(WorkerGroup group, WorkerGroup other) =>
                Statistics.Median(rates[group].Zip(rates[other], (own, its) => own / its));
        }
        finally
        {
            foreach (var group in groups)
            {
                await group.DisposeAsync();
            }
        }
    }

    private static double? TargetOf(Workload workload) =>
        workload == Workload.SmallMlp ? 0.80
        : workload == Workload.SmallMlpOfFour ? 0.92
        : workload == Workload.Cnn ? 0.97
        : workload == Workload.LargeMlp ? 0.80
        : null;
}
