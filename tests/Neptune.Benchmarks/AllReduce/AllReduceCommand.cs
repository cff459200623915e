using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Neptune.Collectives;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>The command <c>allreduce</c>: real processes exchange vectors of many sizes.</summary>
internal static class AllReduceCommand
{
    /// <summary>The hidden command that a child process runs.</summary>
    public const string RankCommand = "allreduce-rank";

    private static readonly JsonSerializerOptions _pretty = new()
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    public static async Task<int> RunAsync(AllReduceChoice choice, bool json, CancellationToken cancellation)
    {
        var results = new List<AllReduceResult>();
        foreach (var link in choice.Links)
        {
            foreach (var processes in choice.Processes)
                results.AddRange(await MeasureAsync(choice, link, processes, cancellation));
        }
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(results, _pretty));
        else
            Print(results);
        return 0;
    }

    private static async Task<List<AllReduceResult>> MeasureAsync(
        AllReduceChoice choice,
        LinkKind link,
        int processes,
        CancellationToken cancellation
    )
    {
        var children = new List<Process>();
        try
        {
            for (var rank = 0; rank < processes; rank++)
                children.Add(Start());
            var addresses = new List<LinkAddress>();
            foreach (var child in children)
                addresses.Add(JsonSerializer.Deserialize<LinkAddress>(await LineAsync(child, cancellation))!);
            var task = new AllReduceTask(
                0,
                [.. addresses],
                Convert.ToHexString(RandomNumberGenerator.GetBytes(32)),
                link,
                choice.Algorithm,
                choice.ChunkBytes,
                choice.SpinMicroseconds,
                choice.Sizes,
                choice.Budget
            );
            for (var rank = 0; rank < processes; rank++)
                await children[rank].StandardInput.WriteLineAsync(JsonSerializer.Serialize(task with { Rank = rank }));
            var results = new List<AllReduceResult>();
            foreach (var _ in choice.Sizes)
                results.Add(JsonSerializer.Deserialize<AllReduceResult>(await LineAsync(children[0], cancellation))!);
            foreach (var child in children)
                await child.WaitForExitAsync(cancellation);
            return results;
        }
        finally
        {
            foreach (var child in children)
            {
                if (!child.HasExited)
                    child.Kill();
                child.Dispose();
            }
        }
    }

    private static Process Start()
    {
        var start = OwnProcess.Start(RankCommand);
        // The steady state from the first call on, as training reaches it after some seconds.
        start.Environment["DOTNET_TieredCompilation"] = "0";
        return Process.Start(start)!;
    }

    private static async Task<string> LineAsync(Process child, CancellationToken cancellation) =>
        await child.StandardOutput.ReadLineAsync(cancellation)
        ?? throw new InvalidOperationException("A child process ended early; its error is printed above.");

    private static void Print(List<AllReduceResult> results)
    {
        var table = new Table();
        foreach (
            var column in (string[])
                [
                    "link",
                    "processes",
                    "bytes",
                    "median µs",
                    "best µs",
                    "cpu µs",
                    "bus GB/s",
                    "raw GB/s",
                    "ratio",
                    "ratio of bests",
                ]
        )
        {
            table.AddColumn(column, c => c.RightAligned());
        }
        foreach (var r in results)
        {
            table.AddRow(
                $"{r.Link}",
                $"{r.Processes}",
                $"{r.Bytes:N0}",
                $"{r.MedianMicroseconds:N1}",
                $"{r.BestMicroseconds:N1}",
                $"{r.CpuMicroseconds:N1}",
                $"{r.BusGigabytesPerSecond:N2}",
                $"{r.RawGigabytesPerSecond:N2}",
                $"{r.Ratio:N2}",
                $"{r.BestRatio:N2}"
            );
        }
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 120; // a file has no width to fit in
        AnsiConsole.Write(table);
    }
}
