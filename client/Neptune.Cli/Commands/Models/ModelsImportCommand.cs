using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Neptune.ModelGraph;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune models import</c>.</summary>
internal static class ModelsImportCommand
{
    private static readonly Argument<string> ModelFile = new("FILE")
    {
        Description =
            "A model of another framework: .onnx, .pt, .h5, .keras, .pb, a SavedModel's folder, model.json, .prototxt; or weights (.pt, "
            + ".pth, .safetensors, .h5) with --graph.",
    };
    private static readonly Option<string?> Name = new("--name")
    {
        Description = "The model's name in the registry; the file's by default.",
        HelpName = "MODEL",
    };
    private static readonly Option<string?> Weights = new("--weights")
    {
        Description = "The file of weights that belongs to a file of mere layers: Caffe's .caffemodel.",
        HelpName = "FILE",
    };
    private static readonly Option<string?> GraphOf = new("--graph")
    {
        Description = "The graph that mere weights fill: a model of the registry.",
        HelpName = "MODEL[@VERSION]",
    };
    private static readonly Option<string?> InputShape = InputShapeOption.Create();
    private static readonly Option<bool> Opaque = new("--opaque")
    {
        Description =
            "TorchScript of unknown operators is taken as a whole, for inference alone: nodes run its code. Only for files whose "
            + "origin you trust; needs --input-shape.",
    };
    private static readonly Option<double> Scale = new("--input-scale")
    {
        Description =
            "Raw features are multiplied by this first: 0.00392157 (1/255) for byte pixels of a model of 0..1.",
        HelpName = "FACTOR",
        DefaultValueFactory = _ => 1,
    };
    private static readonly Option<string?> Mean = new("--input-mean")
    {
        Description =
            "Taken off the features behind the scale, one value or one for each channel: 0.485,0.456,0.406. It becomes "
            + "part of the graph.",
        HelpName = "VALUES",
    };
    private static readonly Option<string?> Deviation = new("--input-deviation")
    {
        Description = "What features are divided by then, one value or one for each channel: 0.229,0.224,0.225.",
        HelpName = "VALUES",
    };
    private static readonly Option<bool> Logits = new("--logits")
    {
        Description = "The output holds logits: answers of a deployment are their softmax.",
    };
    private static readonly Option<string[]> Labels = new("--labels")
    {
        Description = "The names of the classes in order.",
        HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<string> License = new("--license")
    {
        Description = "The file's licence, shown with the model.",
        HelpName = "TEXT",
        DefaultValueFactory = _ => "",
    };

    public static Command Create() =>
        new Command(
            "import",
            "Reads a model file of another framework into the registry; nothing in it is executed (but see --opaque)."
        )
        {
            ModelFile,
            Name,
            Weights,
            GraphOf,
            InputShape,
            Opaque,
            Scale,
            Mean,
            Deviation,
            Logits,
            Labels,
            License,
        }.Runs(RunAsync);

    private static ImmutableArray<float> ValuesOf(Session session, Option<string?> option) =>
        session.Get(option) is { } text
            ?
            [
                .. text.Split(',')
                    .Select(t =>
                        float.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                            ? value
                            : throw new UsageException(
                                $"{option.Name} is {text}. Give numbers with commas between them, such as 0.5 or "
                                    + "0.485,0.456,0.406."
                            )
                    ),
            ]
            : [];

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var scale = (float)session.Get(Scale);
        if (!float.IsFinite(scale) || scale <= 0)
        {
            throw new UsageException(
                $"--input-scale is {session.Get(Scale)}. Give a number above 0, such as 0.00392157."
            );
        }
        await using var neptune = await session.ConnectAsync(cancellation);
        var import = await neptune.Models.ImportAsync(
            session.Get(ModelFile),
            new()
            {
                Name = session.Get(Name),
                WeightsFile = session.Get(Weights),
                GraphOf = session.Get(GraphOf),
                InputShape = InputShapeOption.Of(session, InputShape),
                Opaque = session.Get(Opaque),
                InputScale = scale,
                InputMean = ValuesOf(session, Mean),
                InputDeviation = ValuesOf(session, Deviation),
                OutputIsLogits = session.Get(Logits),
                Labels = [.. session.Get(Labels) ?? []],
                License = session.Get(License),
            },
            cancellation
        );
        var package = import.Version.Package;
        var output = session.Output;
        var graph = import.Model.Graph;
        output.Line($"Model           {package.Model}@{package.Version}");
        output.Line($"Source          {import.Model.Source}");
        output.Line($"Inputs          {string.Join(", ", graph.Inputs)}");
        output.Line($"Outputs         {string.Join(", ", graph.Outputs)}");
        output.Line($"Operations      {Numbers.Count(graph.Operations.Length)}");
        output.Line($"Parameters      {Numbers.Count(graph.Parameters.Sum(p => p.Shape.ElementCount()))}");
        output.Line($"Weights SHA-256 {package.WeightsSha256}");
        foreach (var note in import.Model.Notes)
        {
            output.Line($"Note: {note}");
        }
        output.Line();
        output.Line("Try next:");
        output.Line("  " + session.Suggest($"models show {package.Model}@{package.Version}"));
        output.Line("  " + session.Suggest($"deploy {package.Model}@{package.Version} --name my-model"));
        if (!OpaqueModule.Is(graph))
        {
            output.Line("  " + session.Suggest($"train --model {package.Model}@{package.Version} --data digits"));
        }
        output.Event(
            new
            {
                @event = "done",
                model = package.Model.Value,
                version = package.Version,
                source = import.Model.Source,
                inputs = graph.Inputs.Select(i => i.ToString()),
                outputs = graph.Outputs.Select(o => o.ToString()),
                operations = graph.Operations.Length,
                weightsSha256 = package.WeightsSha256,
                notes = import.Model.Notes,
            }
        );
    }
}
