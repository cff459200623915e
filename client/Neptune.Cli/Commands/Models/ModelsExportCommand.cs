using System.CommandLine;
using System.Globalization;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.Formats;
using Neptune.ModelGraph;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune models export</c>.</summary>
internal static class ModelsExportCommand
{
    private static readonly Argument<string> Model = new("MODEL")
    {
        Description = "A model of the registry: NAME, NAME@VERSION or NAME@ALIAS.",
    };
    private static readonly Option<string> Format = new("--format")
    {
        Description = "onnx (a graph with weights), safetensors (weights alone) or package (all that Neptune keeps).",
        HelpName = "FORMAT",
        Required = true,
    };
    private static readonly Option<string?> Target = new("--output", "-o")
    {
        Description = "The file; by default MODEL-VERSION with the format's ending, in the current folder.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Optimize = new("--optimize")
    {
        Description =
            "Folds batch normalizations and constants into the weights; written only where the answers stay equal. Not for "
            + "safetensors.",
    };
    private static readonly Option<double> Tolerance = new("--tolerance")
    {
        Description = "With --optimize, the greatest difference of answers on random inputs that passes.",
        HelpName = "NUMBER",
        DefaultValueFactory = _ => OptimizedModel.DefaultTolerance,
    };

    private static readonly Dictionary<string, string> Endings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["onnx"] = ".onnx",
        ["safetensors"] = ".safetensors",
        ["package"] = ".neptune",
    };

    public static Command Create() =>
        new Command("export", "Writes a model to a file that other tools read.")
        {
            Model,
            Format,
            Target,
            Optimize,
            Tolerance,
        }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var format = session.Get(Format);
        if (!Endings.TryGetValue(format, out var ending))
        {
            throw new UsageException($"--format is {format}. {NearestNames.Offer(format, Endings.Keys)}");
        }
        var tolerance = ToleranceOf(session, ending);
        await using var neptune = await session.ConnectAsync(cancellation);
        var package = (await neptune.Models.GetAsync(session.Get(Model))).Package;
        var optimized = session.Get(Optimize) ? await neptune.OptimizeAsync(package, tolerance, cancellation) : null;
        var path = session.Get(Target) ?? $"{package.Model}-{package.Version}{ending}";
        using var content = new MemoryStream();
        await WriteAsync(neptune, package, optimized?.Package, ending, content, cancellation);
        // Whole or not at all: what was there before stays until the new file is complete.
        var unfinished = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            await File.WriteAllBytesAsync(unfinished, content.ToArray(), cancellation);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
        session.Output.Line($"{package.Model}@{package.Version} is in {path} ({Numbers.Count(content.Length)} bytes).");
        if (optimized is not null)
        {
            session.Output.Line(Words(optimized.Result));
        }
        session.Output.Event(
            new
            {
                @event = "done",
                model = package.Model.Value,
                version = package.Version,
                format = format.ToLowerInvariant(),
                file = path,
                bytes = content.Length,
                batchNormalizations = optimized?.Result.BatchNormalizations,
                constants = optimized?.Result.Constants,
                identities = optimized?.Result.Identities,
                largestDifference = Numbers.Finite(optimized?.Result.LargestDifference),
            }
        );
    }

    private static double ToleranceOf(Session session, string ending)
    {
        if (session.Get(Optimize) && ending == ".safetensors")
        {
            throw new UsageException(
                "--optimize changes which weights there are, and safetensors hold no graph that says so. Use onnx or package."
            );
        }
        var tolerance = session.Get(Tolerance);
        return double.IsFinite(tolerance) && tolerance >= 0
            ? tolerance
            : throw new UsageException($"--tolerance is {tolerance}. Give a number from 0, such as 1e-4.");
    }

    private static string Words(OptimizationResult result) =>
        $"Folded: {result.BatchNormalizations} batch normalizations, {result.Constants} constants, {result.Identities} "
        + $"identities. Largest difference over {result.Runs} random inputs: "
        + $"{result.LargestDifference.ToString("0.###e-0", CultureInfo.InvariantCulture)}.";

    private static async Task WriteAsync(
        NeptuneClient neptune,
        PackageRef package,
        InferencePackage? optimized,
        string ending,
        Stream target,
        CancellationToken cancellation
    )
    {
        switch (ending)
        {
            case ".neptune" when optimized is not null:
                PackageFile.Write(optimized, target);
                break;
            case ".neptune":
                await neptune.Models.DownloadAsync(package, target, cancellation);
                break;
            case ".onnx":
                OnnxExporter.Export(
                    optimized ?? await neptune.Models.OpenInferenceAsync(package, cancellation),
                    target
                );
                break;
            default:
                var weights = (await neptune.Models.OpenInferenceAsync(package, cancellation)).Weights;
                SafeTensorsFile.Write(target, weights, new Dictionary<string, string> { ["format"] = "pt" });
                break;
        }
    }
}
