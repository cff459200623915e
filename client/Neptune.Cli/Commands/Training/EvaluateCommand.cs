using System.CommandLine;
using System.Globalization;
using Neptune.Client;
using Neptune.Contracts;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune evaluate</c>.</summary>
internal static class EvaluateCommand
{
    private static readonly Argument<string> Model = new("MODEL")
    {
        Description = "A model of the registry: NAME, NAME@VERSION or NAME@ALIAS.",
    };
    private static readonly Option<string> Data = new("--data")
    {
        Description = "The samples to evaluate on.",
        HelpName = "NAME[@VERSION][:SPLIT]",
        Required = true,
    };
    private static readonly Option<int> Batch = NumberOption.WithDefault("--batch", "Samples per forward pass.", 16);
    private static readonly Option<long?> IgnoreIndex = NumberOption.OptionalClass(
        "--ignore-index",
        "A class whose samples count for nothing."
    );
    private static readonly Option<bool> NormalizeColumns = new("--normalize-columns")
    {
        Description = "Divide the confusion matrix by its column sums: of all predicted so, which were what.",
    };
    private static readonly Option<bool> NormalizeAccuracy = new("--normalize-accuracy")
    {
        Description = "Give each class the same weight: the mean of the classes' recalls.",
    };

    public static Command Create() =>
        new Command("evaluate", "Runs samples through a trained model: loss, accuracy, confusion matrix.")
        {
            Model,
            Data,
            Batch,
            IgnoreIndex,
            NormalizeColumns,
            NormalizeAccuracy,
        }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var dataName = DatasetRef.Parse(session.Get(Data));
        await using var neptune = await session.ConnectAsync(cancellation);
        var version = await neptune.Models.GetAsync(session.Get(Model));
        var data = await neptune.Data.GetAsync(dataName.ToString());
        var evaluation = await neptune
            .EvaluateAsync(
                version.Package,
                data,
                session.Get(Batch),
                session.Get(IgnoreIndex),
                session.Get(NormalizeColumns),
                session.Get(NormalizeAccuracy)
            )
            .WaitAsync(cancellation);
        Show(session, evaluation);
        var labels = evaluation.Confusion.Length == 0 ? [] : evaluation.Result.Labels;
        session.Output.Event(
            new
            {
                @event = "done",
                model = version.Package.Model.Value,
                version = version.Package.Version,
                data = data.Ref.ToString(),
                samples = evaluation.Result.Samples,
                testLoss = Numbers.Finite(evaluation[Evaluation.TestLoss]),
                testAccuracy = evaluation.TryGetValue(Evaluation.TestAccuracy, out var accuracy)
                    ? Numbers.Finite(accuracy)
                    : null,
                metrics = JobWords.ToJson(evaluation.Result.Metrics, m => m.Value),
                labels,
                precision = labels.Select(label => Numbers.Finite(evaluation[$"Precision {label}"])),
                recall = labels.Select(label => Numbers.Finite(evaluation[$"Recall {label}"])),
                confusion = Enumerable.Range(0, labels.Length).Select(row => Row(evaluation, row)),
            }
        );
    }

    private static void Show(Session session, Evaluation evaluation)
    {
        var output = session.Output;
        output.Line($"{Evaluation.TestLoss}      {Numbers.Loss(evaluation[Evaluation.TestLoss])}");
        if (evaluation.TryGetValue(Evaluation.TestAccuracy, out var accuracy))
        {
            output.Line($"{Evaluation.TestAccuracy}  {Numbers.Loss(accuracy)}");
        }
        foreach (var metric in evaluation.Result.Metrics)
        {
            output.Line($"{Evaluation.TestPrefix}{metric.Name}  {Numbers.Loss(metric.Value)}");
        }
        output.Line($"Samples        {Numbers.Count(evaluation.Result.Samples)}");
        if (evaluation.Confusion.Length == 0)
        {
            return;
        }
        output.Line();
        output.Line("Rows are true classes, columns are predicted ones:");
        var labels = evaluation.Result.Labels;
        var table = output.NewTable(["class", .. labels, "precision", "recall"]);
        for (var row = 0; row < labels.Length; row++)
        {
            Spectre.Console.TableExtensions.AddRow(
                table,
                [
                    new Spectre.Console.Text(labels[row]),
                    .. Row(evaluation, row).Select(v => new Spectre.Console.Text(Cell(v))),
                    new Spectre.Console.Text(Numbers.Loss(evaluation[$"Precision {labels[row]}"])),
                    new Spectre.Console.Text(Numbers.Loss(evaluation[$"Recall {labels[row]}"])),
                ]
            );
        }
        output.Words.Write(table);
    }

    private static string Cell(double value) =>
        value == 0 ? "." : value.ToString(double.IsInteger(value) ? "0" : "0.000", CultureInfo.InvariantCulture);

    private static IEnumerable<double> Row(Evaluation evaluation, int row) =>
        Enumerable.Range(0, evaluation.Confusion.GetLength(1)).Select(column => evaluation.Confusion[row, column]);
}
