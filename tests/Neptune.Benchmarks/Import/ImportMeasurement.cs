using System.Diagnostics;
using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Benchmarks;

/// <summary>Imports big files in processes of their own, next to tiny ones of the same format.</summary>
internal static class ImportMeasurement
{
    private const int BigWidth = 2560;
    private const int TinyWidth = 4;

    /// <summary>One result for each format.</summary>
    /// <param name="repeats">How often each file is imported; the medians count.</param>
    public static async Task<IReadOnlyList<ImportResult>> RunAsync(int repeats, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("neptune-bench-import-").FullName;
        try
        {
            var (big, tiny) = (BigModel.Of(BigWidth), BigModel.Of(TinyWidth));
            var results = new List<ImportResult>();
            foreach (var format in BigModel.Formats)
            {
                ImportTask bigTask,
                    tinyTask;
                try
                {
                    bigTask = Write(big, format, folder, "big");
                    tinyTask = Write(tiny, format, folder, "tiny");
                }
                catch (NotSupportedException reason)
                {
                    await Console.Error.WriteLineAsync($"{format.Name} is left out: {reason.Message}");
                    continue;
                }
                var costs = new List<(ImportCost Big, ImportCost Tiny)>();
                for (var i = 0; i < repeats; i++)
                {
                    costs.Add((await CostAsync(bigTask, cancellation), await CostAsync(tinyTask, cancellation)));
                }
                if (costs.Any(cost => cost.Big.WeightsBytes != big.Weights.Values.Sum(v => (long)v.Bytes.Length)))
                {
                    throw new InvalidOperationException($"{format.Name}: weights are missing after the import.");
                }
                var size = new FileInfo(bigTask.File).Length;
                results.Add(
                    new(
                        format.Name,
                        size,
                        Statistics.Median(costs.Select(cost => cost.Big.Seconds)),
                        Statistics.Median(costs.Select(cost => cost.Tiny.Seconds)),
                        Statistics.Median(
                            costs.Select(cost => (double)(cost.Big.PeakBytes - cost.Tiny.PeakBytes) / size)
                        )
                    )
                );
                File.Delete(bigTask.File);
            }
            return results;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ImportTask Write(BigModel model, BigModelFormat format, string folder, string name)
    {
        var file = Path.Combine(folder, $"{name}{format.Ending}");
        using (var stream = File.Create(file))
        {
            format.Write(model, stream);
        }
        var graph = $"{file}.graph.json";
        File.WriteAllBytes(graph, GraphJson.Write(new InferenceGraph { Graph = model.Graph }));
        return new(file, format.HasGraph ? null : graph);
    }

    private static async Task<ImportCost> CostAsync(ImportTask task, CancellationToken cancellation)
    {
        using var process = Process.Start(OwnProcess.Start(ImportProbe.Command))!;
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(task).AsMemory(), cancellation);
        process.StandardInput.Close();
        var line = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<ImportCost>(line)!
            : throw new InvalidOperationException($"The import of {task.File} ended with {process.ExitCode}.");
    }
}
