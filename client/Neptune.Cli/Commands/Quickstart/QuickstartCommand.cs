using System.CommandLine;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune quickstart</c>: data, training, evaluation, deployment and predictions in one go.</summary>
internal static class QuickstartCommand
{
    private const string ModelName = "quickstart";
    private const string Endpoint = "my-model";
    private const int PredictionCount = 10;

    private static readonly Option<int?> Nodes = NumberOption.Optional(
        "--nodes",
        "How many nodes to train on; 2 by default. The weights' bits do not depend on it."
    );
    private static readonly Option<int> Epochs = NumberOption.WithDefault("--epochs", "Passes over the data.", 50);
    private static readonly Option<ulong> Seed = NumberOption.Seed(42);

    public static Command Create() =>
        new Command("quickstart", "Trains a model on handwritten digits, evaluates it, deploys it and asks it.")
        {
            Nodes,
            Epochs,
            Seed,
        }.Runs(RunAsync);

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        var output = session.Output;
        await using var neptune = await session.ConnectAsync(cancellation, session.Get(Nodes));
        await RequireFreeNameAsync(neptune);
        var train = await neptune.Data.DigitsAsync();
        var history = await TrainingCommand.FollowAsync(
            session,
            progress =>
                neptune.FitAsync(
                    NewModel(),
                    train,
                    epochs: session.Get(Epochs),
                    validationSplit: 0.1,
                    shuffle: true,
                    perDeviceBatchSize: 16,
                    shards: 4,
                    seed: session.Get(Seed),
                    nodes: session.Get(Nodes),
                    name: ModelName,
                    progress: progress,
                    cancellation: cancellation
                )
        );
        var evaluation = await neptune.EvaluateAsync(history.Package, train.Split("test"));
        output.Line();
        output.Marked(
            $"Test loss {Numbers.Loss(evaluation[Evaluation.TestLoss])}, test accuracy [bold green]{Numbers.Loss(evaluation[Evaluation.TestAccuracy])}[/]"
        );
        output.Line();

        await neptune.DeployAsync(history.Package, Endpoint, replace: true);
        var digits = await TestDigits.ReadAsync(PredictionCount, cancellation);
        var predictions = await neptune.PredictAsync(Endpoint, digits.Raw);
        ShowPredictions(output, digits, predictions);
        ShowSummary(session, history, WritePicture(session, digits));
        output.Event(
            new
            {
                @event = "done",
                job = history.Job.Id.Value,
                nodes = history.Job.Ranks.Length,
                testAccuracy = Numbers.Finite(evaluation[Evaluation.TestAccuracy]),
                testLoss = Numbers.Finite(evaluation[Evaluation.TestLoss]),
                weightsSha256 = history.WeightsSha256,
                samplesPerSecond = Math.Round(history.Job.SamplesPerSecond, 1),
                package = history.Package.Path,
                endpoint = Endpoint,
                predictions = predictions
                    .Zip(digits.Truths)
                    .Select(p => new
                    {
                        truth = p.Second,
                        label = p.First.Label,
                        probability = Numbers.Finite(p.First.Probability),
                    }),
            }
        );
    }

    private static Sequential NewModel() =>
        Sequential
            .Of(Flatten(), Dense(64, Relu), Dense(64, Relu), Dense(10, Softmax))
            .Compile(optimizer: Adam(), loss: SparseCategoricalCrossentropy(), metrics: [Accuracy()]);

    // The quickstart may replace what an earlier quickstart deployed, but nobody else's deployment.
    private static async Task RequireFreeNameAsync(NeptuneClient neptune)
    {
        var taken = (await neptune.Endpoints.ListAsync()).FirstOrDefault(e => e.Name.Value == Endpoint);
        if (taken is not null && taken.Package.Model.Value != ModelName)
        {
            throw new ConflictException(
                $"The quickstart deploys as {Endpoint}, and that name is taken: it serves {taken.Package.Model} version "
                    + $"{taken.Package.Version}. Free it by `neptune undeploy {Endpoint}`, or give another --data-dir."
            );
        }
    }

    private static void ShowPredictions(Output output, TestDigits digits, IReadOnlyList<Prediction> predictions)
    {
        output.Line($"Ten test digits, as {Endpoint} sees them:");
        output.Line();
        DigitPictures.Write(
            output,
            [
                .. predictions.Select(
                    (prediction, i) =>
                        new DigitPictures.Picture(
                            digits.Scaled[i],
                            TestDigits.Side,
                            TestDigits.Side,
                            $"{prediction.Label}  {Numbers.Percent(prediction.Probability)}",
                            prediction.Label == digits.Truths[i]
                                ? $"is {digits.Truths[i]}"
                                : $"is {digits.Truths[i]}: wrong"
                        )
                ),
            ]
        );
    }

    // So that there is something to ask by `neptune predict`.
    private static string WritePicture(Session session, TestDigits digits)
    {
        var folder = session.DownloadFolder("digits");
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"a-{digits.Truths[1]}.bmp");
        BitmapFile.Write(path, digits.Scaled[1], TestDigits.Side);
        return path;
    }

    private static void ShowSummary(Session session, TrainingHistory history, string picture)
    {
        var output = session.Output;
        output.Line($"SHA-256 of the weights  {history.WeightsSha256}");
        output.Line("                        the same for any number of nodes");
        output.Line($"Job                     {history.Job.Id}");
        output.Line($"Package                 {history.Package.Path}");
        output.Line($"Speed                   {Numbers.Count(history.Job.SamplesPerSecond)} samples/s");
        output.Line();
        output.Line("Try next:");
        output.Line("  " + session.Suggest($"predict {Endpoint} --input {Session.Quoted(picture)}"));
        output.Line("  " + session.Suggest($"models show {ModelName}"));
        output.Line(
            "  " + session.Suggest("train --model flatten,dense:128:relu,dropout:0.2,dense:10:softmax --data digits")
        );
    }
}
