using System.Diagnostics;
using Neptune.ModelGraph;
using Neptune.Torch;
using static TorchSharp.torch;

namespace Neptune.Benchmarks;

/// <summary>Times answers of Neptune, torch.jit and TorchSharp's modules by turns, on one device thread.</summary>
internal static class ForwardMeasurement
{
    /// <summary>Results for each batch; none where the shared models are missing, which is said.</summary>
    public static async Task<IReadOnlyList<ForwardResult>> RunAsync(
        ForwardModel model,
        int blocks,
        CancellationToken cancellation
    )
    {
        if (model.PathOf("traced.pt") is not { } traced || model.PathOf("safetensors") is not { } weights)
        {
            await Console.Error.WriteLineAsync(
                $"{model.Name} is left out: shared/models/pytorch does not stand beside the repository."
            );
            return [];
        }
        await using var device = await TorchDevice.StartAsync("cpu:0", cancellation: cancellation);
        return await device.RunAsync(
            () =>
            {
                using var runner = new InferenceRunner(device, model.Import(traced));
                using var script = jit.load<Tensor, Tensor>(traced);
                script.eval();
                using var modules = model.Load(weights);
                return new[] { 1, 64 }
                    .Select(rows => Compare(model, rows, blocks, runner, script.forward, modules.forward))
                    .ToArray();
            },
            cancellation
        );
    }

    private static ForwardResult Compare(
        ForwardModel model,
        int rows,
        int blocks,
        InferenceRunner runner,
        Func<Tensor, Tensor> script,
        Func<Tensor, Tensor> modules
    )
    {
        var random = new KeyedRandom(1);
        var features = new float[rows * model.Elements];
        foreach (ref var feature in features.AsSpan())
        {
            feature = (float)random.NextDouble();
        }
        long[] shape = [rows, .. model.Sample];
        Func<float[]>[] ways =
        [
            () => runner.Predict(features, rows),
            () => Plain(features, shape, script),
            () => Plain(features, shape, modules),
        ];
        var difference = ways[0]().Zip(ways[1](), (a, b) => Math.Abs(a - b)).Max();
        var times = ways.Select(_ => new List<double>()).ToArray();
        // The interpreter of TorchScript makes its plan in the first calls, and .NET compiles hot code anew.
        var calls = ways.Select(way => Calls(way)).ToArray();
        for (var block = 0; block < blocks; block++)
        {
            for (var turn = 0; turn < ways.Length; turn++)
            {
                var way = (turn + block) % ways.Length;
                times[way].Add(Time(ways[way], calls[way]));
            }
        }
        return new(
            model.Name,
            rows,
            Statistics.Median(times[0]) * 1e6,
            Statistics.Median(times[1].Zip(times[0], (other, ours) => other / ours)),
            Statistics.Median(times[2].Zip(times[0], (other, ours) => other / ours)),
            difference
        );
    }

    // As one serves a module by hand.
    private static float[] Plain(float[] features, long[] shape, Func<Tensor, Tensor> forward)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return forward(tensor(features, shape)).data<float>().ToArray();
    }

    // Calls enough for some ten milliseconds.
    private static int Calls(Func<float[]> way)
    {
        Time(way, 200);
        return Math.Max(1, (int)(0.02 / Time(way, 50)));
    }

    private static double Time(Func<float[]> way, int calls)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
        {
            way();
        }
        return Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
    }
}
