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
    private const int Pair = 2;
    private static readonly int[] _processes = [Pair, 4, 8];
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
        var rounds = quick ? 5 : 12;
        var models = new List<ScaleModel>();
        var checks = new List<Check>();
        foreach (var workload in (Workload[])[Workload.SmallMlp, Workload.Cnn, Workload.LargeMlp])
        {
            var alone = await AloneAsync(workload, rounds, cancellation);
            foreach (var processes in _processes)
            {
                var step = await StepAsync(workload, processes, rounds, cancellation);
                var model = new ScaleModel(workload.Name, alone, step.Bytes, workload.Rows, step.Exchange);
                checks.Add(new(workload.Name, processes, step.OneJob, model.OnOneMachine(step.Lockstep)));
                if (processes == Pair)
                {
                    models.Add(model);
                }
            }
        }
        var cnn = models[1];
        models.Add(
            new(
                "ResNet-50, 32 a node",
                cnn.Compute / (CnnFlopsOfSample * cnn.Samples) * ResNetFlopsOfSample * ResNetSamples,
                ResNetParameters * sizeof(float),
                ResNetSamples,
                models[2].Exchange
            )
        );
        var predictions = Predict(models).ToArray();
        if (json)
        {
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        exchanges = models[2].Exchange.Points.Select(p => new { p.Bytes, p.Seconds }),
                        checks,
                        predictions,
                    },
                    Json
                )
            );
            return 0;
        }
        Print(checks, predictions, models[2].Exchange);
        return 0;
    }

    private static IEnumerable<Prediction> Predict(List<ScaleModel> models)
    {
        foreach (var model in models)
        {
            foreach (var (network, bits, trip) in new[] { ("10 GbE", 10e9, 30e-6), ("100 GbE", 100e9, 10e-6) })
            {
                for (var nodes = 8; nodes <= 4096; nodes *= 8)
                {
                    var step = model.OnNetwork(nodes, bits, trip);
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

    /// <summary>Seconds a step, and what exchanges cost between those steps.</summary>
    private sealed record Step(double Lockstep, double OneJob, double Bytes, ExchangeCosts Exchange);

    private static async Task<double> AloneAsync(Workload workload, int rounds, CancellationToken cancellation)
    {
        await using var group = await StartAsync(workload, 1, NodesForm.Independent, cancellation);
        var steps = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            steps.Add(SecondsOfStep(workload, await group.TrainAsync(workload.BlockSteps, cancellation)));
        }
        return Statistics.Median(steps);
    }

    // All that is compared is measured in turns: the memory's bandwidth is not the same from one minute to the next.
    private static async Task<Step> StepAsync(
        Workload workload,
        int processes,
        int rounds,
        CancellationToken cancellation
    )
    {
        await using var lockstep = await StartAsync(workload, processes, NodesForm.InLockstep, cancellation);
        await using var oneJob = await StartAsync(workload, processes, NodesForm.OneJob, cancellation);
        foreach (var (bytes, calls) in _sizes)
        {
            await oneJob.ProbeAsync(bytes, calls, cancellation);
        }
        var (apart, together) = (new List<double>(), new List<double>());
        var exchanges = _sizes.ToDictionary(size => size.Bytes, _ => new List<double>());
        var exchanged = 0.0;
        for (var round = 0; round < rounds; round++)
        {
            apart.Add(SecondsOfStep(workload, await lockstep.TrainAsync(workload.BlockSteps, cancellation)));
            var blocks = await oneJob.TrainAsync(workload.BlockSteps, cancellation);
            together.Add(SecondsOfStep(workload, blocks));
            exchanged = blocks[0].ExchangeBytes;
            foreach (var (bytes, calls) in _sizes)
            {
                var probed = await oneJob.ProbeAsync(bytes, calls, cancellation);
                exchanges[bytes].Add(probed.Average(b => b.Seconds) / calls);
            }
        }
        var costs = exchanges.OrderBy(e => e.Key).Select(e => ((double)e.Key, Statistics.Median(e.Value)));
        return new(Statistics.Median(apart), Statistics.Median(together), exchanged, new([.. costs]));
    }

    private static async Task<WorkerGroup> StartAsync(
        Workload workload,
        int processes,
        NodesForm form,
        CancellationToken cancellation
    )
    {
        var group = await WorkerGroup.NodesAsync("nodes", workload, processes, form, LinkKind.Auto, cancellation);
        await group.TrainAsync(workload.BlockSteps * 2, cancellation);
        return group;
    }

    private static double SecondsOfStep(Workload workload, IReadOnlyList<WorkerBlock> blocks) =>
        blocks.Average(block => block.Seconds) / workload.BlockSteps;

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
