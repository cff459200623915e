using System.Security.Cryptography;
using System.Text;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Redis.Tests;

/// <summary>Small models for the 8x8 digits, and what is compared of their training.</summary>
internal static class TrainedModels
{
    public static JobSpec Spec(string model, DatasetView data, int shards, int nodes) =>
        new()
        {
            TrainingGraphJson = Encoding.UTF8.GetString(GraphJson.Write(GraphOf(model))),
            Dataset = data.Ref,
            ValidationSplit = 0.1,
            Shards = shards,
            Seed = 11,
            Nodes = nodes,
            Model = new(model),
        };

    /// <summary>Trains, and gives one text of weights, optimizer state and metrics: equal texts are equal bits.</summary>
    public static async Task<string> TrainAsync(
        NeptuneClient neptune,
        string model,
        int shards,
        int nodes,
        CancellationToken cancellation
    )
    {
        var data = await neptune.Data.DigitsAsync();
        var job = await neptune.Jobs.SubmitAsync(Spec(model, data, shards, nodes));
        var history = await neptune.Jobs.WaitAsync(job.Id, cancellation: cancellation);
        Assert.Equal(nodes, history.Job.Ranks.Length);
        var package = await neptune.Models.OpenAsync(history.Package, cancellation);
        var state = package.OptimizerState.Select(s =>
            $"{s.Key} {Convert.ToHexStringLower(SHA256.HashData(s.Value.Bytes.Span))}"
        );
        var metrics = history.Job.Epochs.Select(e => $"{e.Loss:R} {e.ValidationLoss:R} {e.ValidationAccuracy:R}");
        return string.Join('\n', [package.WeightsSha256, .. state, .. metrics]);
    }

    private static TrainingGraph GraphOf(string model) =>
        model switch
        {
            "mlp" => Sequential
                .Of(Flatten(), Dense(64, Relu), Dense(64, Relu), Dense(10, Softmax))
                .Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()])
                .Build(Shape.Of(8, 8, 1)),
            "cnn" => Sequential
                .Of(Conv2D(8, 3, Relu), MaxPooling2D(2), Dropout(0.25f), Flatten(), Dense(10, Softmax))
                .Compile(AdamW(), SparseCategoricalCrossentropy(), [Accuracy()])
                .Build(Shape.Of(8, 8, 1)),
            _ => Residual(),
        };

    private static TrainingGraph Residual()
    {
        var graph = new GraphBuilder("residual");
        var stem = graph.Apply(Conv2D(4, 3, Relu, padding: Padding.Same), graph.Input(8, 8, 1));
        var branch = graph.Apply(Conv2D(4, 3, padding: Padding.Same), stem);
        branch = graph.Apply(Activate(Relu), graph.Apply(BatchNormalization(), branch));
        var features = graph.Apply(Flatten(), graph.Add(stem, branch));
        return new()
        {
            Graph = graph.Build(graph.Apply(Dense(10, Softmax), features)),
            Loss = SparseCategoricalCrossentropy(),
            Optimizer = new Optimizer.Sgd(0.05f, Momentum: 0.9f),
            Metrics = [Accuracy()],
        };
    }
}
