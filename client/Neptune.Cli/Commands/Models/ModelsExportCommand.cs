using System.CommandLine;
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

    private static readonly Dictionary<string, string> Endings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["onnx"] = ".onnx",
        ["safetensors"] = ".safetensors",
        ["package"] = ".neptune",
    };

    public static Command Create() =>
        new Command("export", "Writes a model to a file that other tools read.") { Model, Format, Target }.Runs(
            RunAsync
        );

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var format = session.Get(Format);
        if (!Endings.TryGetValue(format, out var ending))
        {
            throw new UsageException($"--format is {format}. {NearestNames.Offer(format, Endings.Keys)}");
        }
        await using var neptune = await session.ConnectAsync(cancellation);
        var package = (await neptune.Models.GetAsync(session.Get(Model))).Package;
        var path = session.Get(Target) ?? $"{package.Model}-{package.Version}{ending}";
        using var content = new MemoryStream();
        await WriteAsync(neptune, package, ending, content, cancellation);
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
        session.Output.Event(
            new
            {
                @event = "done",
                model = package.Model.Value,
                version = package.Version,
                format = format.ToLowerInvariant(),
                file = path,
                bytes = content.Length,
            }
        );
    }

    private static async Task WriteAsync(
        NeptuneClient neptune,
        PackageRef package,
        string ending,
        Stream target,
        CancellationToken cancellation
    )
    {
        switch (ending)
        {
            case ".neptune":
                await neptune.Models.DownloadAsync(package, target, cancellation);
                break;
            case ".onnx":
                OnnxExporter.Export(await neptune.Models.OpenInferenceAsync(package, cancellation), target);
                break;
            default:
                var weights = (await neptune.Models.OpenInferenceAsync(package, cancellation)).Weights;
                SafeTensorsFile.Write(target, weights, new Dictionary<string, string> { ["format"] = "pt" });
                break;
        }
    }
}
