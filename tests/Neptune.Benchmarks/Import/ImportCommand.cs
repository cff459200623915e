using System.Text.Json;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>
/// The command <c>import</c>: time and memory of importing 100 MB, and answers of imported models next to those of torch.jit and
/// of TorchSharp's modules.
/// </summary>
internal static class ImportCommand
{
    private const double MostSeconds = 2;
    private const double MostTimesSize = 2.5;
    private const double LeastRatio = 0.95;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task<int> RunAsync(bool json, bool quick, string? only, CancellationToken cancellation)
    {
        var imports = only is null or "files" ? await ImportMeasurement.RunAsync(quick ? 1 : 5, cancellation) : [];
        var forwards = new List<ForwardResult>();
        foreach (
            var model in ForwardModel.All.Where(m => only is null || m.Name.Contains(only, StringComparison.Ordinal))
        )
        {
            forwards.AddRange(await ForwardMeasurement.RunAsync(model, quick ? 15 : 101, cancellation));
        }
        var ok =
            imports.All(i => i.Seconds < MostSeconds && i.MemoryTimesSize <= MostTimesSize)
            && forwards.All(f => Math.Min(f.OfJit, f.OfModules) >= LeastRatio);
        if (json)
        {
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        imports,
                        forwards,
                        ok,
                    },
                    Json
                )
            );
            return ok ? 0 : 1;
        }
        var files = new Table { Border = TableBorder.Markdown }.AddColumns(
            "format",
            "size",
            "import",
            "of a tiny file",
            "memory"
        );
        foreach (var i in imports)
        {
            files.AddRow(
                i.Format,
                $"{i.FileBytes / 1e6:0} MB",
                $"{i.Seconds:0.00} s",
                $"{i.TinySeconds:0.00} s",
                $"{i.MemoryTimesSize:0.00} times its size"
            );
        }
        var answers = new Table { Border = TableBorder.Markdown }.AddColumns(
            "model",
            "batch",
            "a request",
            "speed of torch.jit's",
            "of TorchSharp modules'",
            "difference"
        );
        foreach (var f in forwards)
        {
            answers.AddRow(
                f.Model,
                $"{f.Rows}",
                $"{f.Microseconds:0} us",
                $"{f.OfJit:0.00}",
                $"{f.OfModules:0.00}",
                $"{f.LargestDifference:0.0e-0}"
            );
        }
        AnsiConsole.Write(files);
        AnsiConsole.Write(answers);
        Console.WriteLine(
            $"Asked: less than {MostSeconds} s, {MostTimesSize} times the size, {LeastRatio} of the others' speed: "
                + $"{(ok ? "held" : "missed")}."
        );
        return ok ? 0 : 1;
    }
}
