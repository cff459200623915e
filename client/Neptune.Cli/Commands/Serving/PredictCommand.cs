using System.CommandLine;
using Neptune.Client;
using Neptune.Contracts;
using Spectre.Console;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune predict</c>.</summary>
internal static class PredictCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The deployment's name." };
    private static readonly Option<string[]> Input = new("--input")
    {
        Description =
            "A picture (PNG, JPEG, BMP, WebP), or a text file (.csv, .tsv, .txt) with a sample's raw values on each line. "
            + "Several may be given.",
        HelpName = "FILE",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>A sample's answer, and where the sample came from.</summary>
    private sealed record Answer(string Source, Prediction Prediction);

    public static Command Create() => new Command("predict", "Asks a deployed model.") { Name, Input }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var name = new EndpointName(session.Get(Name));
        await using var neptune = await session.ConnectAsync(cancellation);
        var answers = new List<Answer>();
        // Neighbours of one kind go in one request; the order of the answers is that of the inputs.
        foreach (var group in Runs(session.Get(Input)))
        {
            answers.AddRange(
                SampleFile.IsText(group[0])
                    ? await AskTextAsync(neptune, name.Value, group, cancellation)
                    : await AskPicturesAsync(neptune, name.Value, group, cancellation)
            );
        }
        Show(session.Output, name.Value, answers);
    }

    private static List<List<string>> Runs(string[] inputs)
    {
        var runs = new List<List<string>>();
        foreach (var input in inputs)
        {
            if (runs.Count == 0 || SampleFile.IsText(runs[^1][0]) != SampleFile.IsText(input))
            {
                runs.Add([]);
            }
            runs[^1].Add(input);
        }
        return runs;
    }

    private static async Task<IEnumerable<Answer>> AskPicturesAsync(
        NeptuneClient neptune,
        string name,
        List<string> files,
        CancellationToken cancellation
    )
    {
        var predictions = await neptune.Endpoints.PredictImagesAsync(name, files, cancellation);
        return files.Zip(predictions, (file, prediction) => new Answer(file, prediction));
    }

    private static async Task<IEnumerable<Answer>> AskTextAsync(
        NeptuneClient neptune,
        string name,
        List<string> files,
        CancellationToken cancellation
    )
    {
        var sources = new List<string>();
        var samples = new List<float[]>();
        foreach (var file in files)
        {
            var read = await SampleFile.ReadAsync(file, cancellation);
            samples.AddRange(read);
            sources.AddRange(read.Select((_, i) => read.Count == 1 ? file : $"{file}:{i + 1}"));
        }
        var predictions = await neptune.PredictAsync(name, samples);
        return sources.Zip(predictions, (source, prediction) => new Answer(source, prediction));
    }

    private static void Show(Output output, string name, List<Answer> answers)
    {
        var table = output.NewTable("input", "label", "probability");
        foreach (var (source, prediction) in answers)
        {
            var classes = prediction.Label.Length > 0;
            table.AddRow(
                new Text(source),
                new Text(classes ? prediction.Label : string.Join(' ', prediction.Outputs)),
                new Text(classes ? Numbers.Percent(prediction.Probability) : "-")
            );
            output.Event(
                new
                {
                    @event = "prediction",
                    input = source,
                    label = prediction.Label,
                    @class = prediction.Class,
                    probability = Numbers.Finite(prediction.Probability),
                    outputs = prediction.Outputs.Select(o => Numbers.Finite(o)),
                }
            );
        }
        output.Words.Write(table);
        output.Event(
            new
            {
                @event = "done",
                endpoint = name,
                count = answers.Count,
            }
        );
    }
}
