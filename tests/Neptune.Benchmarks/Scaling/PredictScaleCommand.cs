using System.Text.Json;
using Neptune.Collectives;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>predict-scale</c>: measures what <see cref="ScaleModel"/> needs, compares it with 1 to 8 processes of this
/// machine, and says what it expects of more machines than there are.
/// </summary>
internal static class PredictScaleCommand
{
    private const double ResNetParameters = 25.6e6;

    // Forward at 224x224 takes 4.1e9 multiply-adds (what papers often call FLOPs), two operations each; backward twice that.
    private const double ResNetFlopsOfSample = 3 * 2 * 4.1e9;
    private const double CnnFlopsOfSample = 3 * 5.3e6; // two convolutions and the dense layer of the benchmark's network
    private const int ResNetSamples = 32;
    private const double Goal = 0.15; // of a step's time
    private static readonly int[] _processes = [2, 4, 8];
    private static readonly (int Bytes, int Calls)[] _sizes =
    [
        (4 << 10, 200),
        (256 << 10, 100),
        (2 << 20, 30),
        (16 << 20, 8),
        (128 << 20, 2),
    ];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private sealed record Check(string Workload, int Processes, double Measured, double Predicted)
    {
        public double Error => (Predicted / Measured) - 1;
    }

    private sealed record Prediction(
        string Workload,
        string Network,
        int Nodes,
        double Step,
        double SamplesPerSecond,
        double Efficiency
    );

    public static async Task<int> RunAsync(bool quick, bool json, CancellationToken cancellation)
    {
        var (blocks, cores) = (quick ? 5 : 12, Environment.ProcessorCount);
        var models = new List<ScaleModel>();
        var checks = new List<Check>();
        var costs = new Dictionary<int, ExchangeCosts>();
        foreach (var processes in _processes)
        {
            costs[processes] = await ProbeAsync(processes, cancellation);
        }
        foreach (var workload in (Workload[])[Workload.SmallMlp, Workload.Cnn, Workload.LargeMlp])
        {
            var alone = await StepAsync(workload, 1, false, blocks, cancellation);
            var model = new ScaleModel(workload.Name, alone.Seconds, alone.Bytes, workload.Rows);
            models.Add(model);
            foreach (var processes in _processes)
            {
                // Side by side they share the cores and the memory's bandwidth. In lockstep the slowest counts; where they
                // take turns on the cores, one that is late has had no turn yet, and only the mean says what the work costs.
                var beside = await StepAsync(workload, processes, false, blocks, cancellation);
                var together = await StepAsync(workload, processes, true, blocks, cancellation);
                var compute = processes <= cores ? beside.Slowest : beside.Seconds;
                checks.Add(
                    new(workload.Name, processes, together.Seconds, model.OnOneMachine(compute, costs[processes]))
                );
            }
        }
        var cnn = models[1];
        models.Add(
            new(
                "ResNet-50, 32 a node",
                cnn.Compute / (CnnFlopsOfSample * cnn.Samples) * ResNetFlopsOfSample * ResNetSamples,
                ResNetParameters * sizeof(float),
                ResNetSamples
            )
        );
        var predictions = Predict(models, costs[2]).ToArray();
        if (json)
        {
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        exchanges = costs.Select(c => new
                        {
                            processes = c.Key,
                            points = c.Value.Points.Select(p => new { p.Bytes, p.Seconds }),
                        }),
                        checks,
                        predictions,
                    },
                    Json
                )
            );
            return 0;
        }
        Print(checks, predictions, costs[2]);
        return 0;
    }

    private static IEnumerable<Prediction> Predict(List<ScaleModel> models, ExchangeCosts pair)
    {
        foreach (var model in models)
        {
            foreach (var (network, bits, trip) in new[] { ("10 GbE", 10e9, 30e-6), ("100 GbE", 100e9, 10e-6) })
            {
                for (var nodes = 8; nodes <= 4096; nodes *= 8)
                {
                    var step = model.OnNetwork(nodes, pair, bits, trip);
                    yield return new(
                        model.Name,
                        network,
                        nodes,
                        step,
                        nodes * model.Samples / step,
                        model.Compute / step
                    );
                }
            }
        }
    }

    private sealed record Step(double Seconds, double Slowest, double Bytes);

    private static async Task<Step> StepAsync(
        Workload workload,
        int processes,
        bool together,
        int blocks,
        CancellationToken cancellation
    )
    {
        await using var group = await WorkerGroup.NodesAsync(
            "nodes",
            workload,
            processes,
            together,
            LinkKind.Auto,
            cancellation
        );
        await group.TrainAsync(workload.BlockSteps * 2, cancellation);
        var steps = new List<double>();
        var slowest = new List<double>();
        var bytes = 0.0;
        for (var block = 0; block < blocks; block++)
        {
            var done = await group.TrainAsync(workload.BlockSteps, cancellation);
            steps.Add(done.Average(d => d.Seconds) / workload.BlockSteps);
            slowest.AddRange(
                Enumerable.Range(0, workload.BlockSteps).Select(step => done.Max(d => d.StepSeconds[step]))
            );
            bytes = done[0].ExchangeBytes;
        }
        return new(Statistics.Median(steps), slowest.Average(), bytes);
    }

    // All-reduces of ranks that compute nothing meanwhile.
    private static async Task<ExchangeCosts> ProbeAsync(int processes, CancellationToken cancellation)
    {
        await using var group = await WorkerGroup.NodesAsync(
            "nodes",
            Workload.SmallMlp,
            processes,
            together: true,
            LinkKind.Auto,
            cancellation
        );
        var points = new List<(double, double)>();
        foreach (var (bytes, calls) in _sizes)
        {
            await group.ProbeAsync(bytes, calls, cancellation);
            var times = new List<double>();
            for (var i = 0; i < 5; i++)
            {
                times.Add((await group.ProbeAsync(bytes, calls, cancellation)).Average(d => d.Seconds) / calls);
            }
            points.Add((bytes, Statistics.Median(times)));
        }
        return new(points);
    }

    private static void Print(List<Check> checks, Prediction[] predictions, ExchangeCosts pair)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 120; // a file has no width to fit in
        AnsiConsole.WriteLine(
            $"measured: {1e-9 * pair.Bandwidth:F2} GB/s of a rank's exchange, sums included; {pair.Latency / 2 * 1e6:F1} µs for a message to a peer"
        );
        var table = new Table { Border = TableBorder.Markdown }.AddColumns(
            "workload",
            "processes",
            "step ms, measured",
            "model",
            "error"
        );
        foreach (var c in checks)
        {
            table.AddRow(
                c.Workload,
                $"{c.Processes}",
                $"{c.Measured * 1e3:N2}",
                $"{c.Predicted * 1e3:N2}",
                $"{c.Error:P0}"
            );
        }
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(
            $"{checks.Count(c => Math.Abs(c.Error) <= Goal)} of {checks.Count} within {Goal:P0}. One process is what the model is "
                + "made from, so it is no check of it."
        );
        AnsiConsole.WriteLine(
            "A PREDICTION, nothing of it measured: one rank a machine, this machine's core, no overlap; one-way trips of 30 µs "
                + "(10 GbE) and 10 µs (100 GbE). ResNet-50's computing time is scaled by operations from the small "
                + $"CNN's. A job has at most {CollectiveGroup.MaxWorldSize:N0} ranks today: what is printed beyond is the model's alone."
        );
        table = new Table { Border = TableBorder.Markdown }.AddColumns(
            "workload",
            "network",
            "nodes",
            "step ms",
            "samples/s",
            "efficiency"
        );
        foreach (var p in predictions)
        {
            table.AddRow(
                p.Workload,
                p.Network,
                $"{p.Nodes:N0}",
                $"{p.Step * 1e3:N2}",
                $"{p.SamplesPerSecond:N0}",
                $"{p.Efficiency:P0}"
            );
        }
        AnsiConsole.Write(table);
    }
}
