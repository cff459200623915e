using System.Diagnostics;
using System.Text.Json;
using Neptune.Contracts;
using Neptune.ModelGraph;
using Neptune.Storage;
using Neptune.Worker;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>checkpoint</c>: what a checkpoint of 33.6 million parameters with Adam costs, on and off the step's
/// path.
/// </summary>
internal static class CheckpointCommand
{
    private const int Parameters = 33_600_000;
    private const int Vectors = 3; // weights, and Adam's two
    private const long Bytes = (long)Parameters * Vectors * sizeof(float);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private sealed record Write(string What, int Pieces, double Seconds, double CpuSeconds, double MegabytesPerSecond);

    public static async Task<int> RunAsync(bool json, bool quick, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("neptune-checkpoint-").FullName;
        try
        {
            float[][] state = [.. Enumerable.Range(0, Vectors).Select(NewVector)];
            var artifacts = new ArtifactStore(folder);
            var writer = new CheckpointWriter(new("bench"), artifacts, state.Select(v => v.Length), StatePart.Whole);
            var (plain, capture) = MeasureCapture(writer, state, quick ? 3 : 15);
            var writes = new List<Write> { await WriteAsync("all pieces, the first time", writer, state) };
            foreach (var vector in state)
            {
                Change(vector);
            }
            writes.Add(await WriteAsync("all pieces, as Adam changes them", writer, state));
            Change(state[0]);
            writes.Add(await WriteAsync("one vector of three changed", writer, state));
            writes.Add(await WriteAsync("nothing changed", writer, state));
            writes.Add(await LoadAsync(artifacts, writer, state, cancellation));
            Print(json, plain, capture, writes);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // In turns, as what else the machine does changes with time.
    private static (double Plain, double Capture) MeasureCapture(CheckpointWriter writer, float[][] state, int blocks)
    {
        float[][] target = [.. state.Select(vector => new float[vector.Length])];
        var plain = new List<double>();
        var capture = new List<double>();
        var offered = Offered(state);
        for (var block = -1; block < blocks; block++)
        {
            var began = Stopwatch.GetTimestamp();
            for (var v = 0; v < state.Length; v++)
            {
                state[v].CopyTo(target[v]);
            }
            var copied = Stopwatch.GetTimestamp();
            writer.TryCapture(offered, StatePart.Whole)!.Dispose();
            if (block >= 0) // the one before touches the memory
            {
                plain.Add(Stopwatch.GetElapsedTime(began, copied).TotalSeconds);
                capture.Add(Stopwatch.GetElapsedTime(copied).TotalSeconds);
            }
        }
        return (Statistics.Median(plain), Statistics.Median(capture));
    }

    private static async Task<Write> WriteAsync(string what, CheckpointWriter writer, float[][] state)
    {
        using var captured = writer.TryCapture(Offered(state), StatePart.Whole)!;
        var (began, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var outcome = await writer.WriteAsync(captured, Origin(), DateTimeOffset.UnixEpoch);
        return outcome.Error is null ? Result(what, outcome.PiecesWritten, began, cpu) : throw outcome.Error;
    }

    private static async Task<Write> LoadAsync(
        ArtifactStore artifacts,
        CheckpointWriter writer,
        float[][] state,
        CancellationToken cancellation
    )
    {
        CheckpointEntry entry;
        using (var captured = writer.TryCapture(Offered(state), StatePart.Whole)!)
        {
            entry = (await writer.WriteAsync(captured, Origin(), DateTimeOffset.UnixEpoch)).Entry!;
        }
        var (began, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var into = Offered(state).Vectors;
        var manifest = await new CheckpointReader(artifacts).LoadAsync(entry, Origin(), into, cancellation);
        return Result("loaded and verified", manifest.Pieces.Count(), began, cpu);
    }

    private static Write Result(string what, int pieces, long began, TimeSpan cpu)
    {
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return new(what, pieces, seconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, Bytes / seconds / 1e6);
    }

    private static void Print(bool json, double plain, double capture, List<Write> writes)
    {
        if (json)
        {
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        bytes = Bytes,
                        plainCopySeconds = plain,
                        captureSeconds = capture,
                        writes,
                    },
                    Json
                )
            );
            return;
        }
        var table = new Table { Border = TableBorder.Markdown }.AddColumns(
            "behind the steps",
            "pieces",
            "s",
            "CPU-s",
            "MB/s"
        );
        foreach (var write in writes)
        {
            table.AddRow(
                write.What,
                $"{write.Pieces}",
                $"{write.Seconds:F2}",
                $"{write.CpuSeconds:F2}",
                $"{write.MegabytesPerSecond:N0}"
            );
        }
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine("MB/s: of the whole state, which is what a checkpoint secures, by the time it takes.");
        AnsiConsole.WriteLine(
            $"On the step's path, {Bytes / 1e6:N0} MB: capture {capture * 1e3:F1} ms, a plain copy "
                + $"{plain * 1e3:F1} ms: x {capture / plain:F2}; every 30 s that is {capture / 30:P2} of the time."
        );
    }

    private static OfferedState Offered(float[][] state) =>
        new(
            new()
            {
                Position = new(1, 0, 1),
                OptimizerStep = 1,
                Epochs = [],
                Sums = new(0, 0, 0),
            },
            [.. state.Select(v => v.AsMemory())]
        );

    private static CheckpointOrigin Origin()
    {
        var spec = SpecBits.Of(
            new()
            {
                TrainingGraphJson = "{}",
                Dataset = new(new("digits"), 1, "train"),
                Model = new("model"),
            }
        );
        return new()
        {
            Job = "bench",
            Attempt = 1,
            Generation = 1,
            GraphSha256 = new('0', 64),
            DatasetSha256 = new('0', 64),
            Spec = spec,
            SpecSha256 = spec.Sha256(),
            NumericsFingerprint = "",
        };
    }

    private static float[] NewVector(int index)
    {
        var random = new KeyedRandom(KeyedRandom.Key((ulong)index, "checkpoint"));
        var vector = new float[Parameters];
        foreach (ref var value in vector.AsSpan())
        {
            value = (float)random.NextDouble();
        }
        return vector;
    }

    private static void Change(float[] vector)
    {
        foreach (ref var value in vector.AsSpan())
        {
            value *= 0.999f;
        }
    }
}
