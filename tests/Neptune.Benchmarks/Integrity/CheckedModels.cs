using System.Text;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Benchmarks;

/// <summary>What <see cref="ChecksCommand"/> trains: much state for little computation, and the other way round.</summary>
internal static class CheckedModels
{
    /// <summary>
    /// Name, model, shards of a step, epochs enough for a few hundred steps once all is warm, and pairs of jobs: the shorter a step,
    /// the more are needed.
    /// </summary>
    public static IReadOnlyList<(string Name, Sequential Model, int Shards, int Epochs, int Pairs)> All =>
        [
            (
                "MLP of 2.1 M parameters, 8 shards",
                Sequential
                    .Of(Flatten(), Dense(1024, Relu), Dense(1024, Relu), Dense(1024, Relu), Dense(10, Softmax))
                    .Compile(Adam(), SparseCategoricalCrossentropy()),
                8,
                16,
                8
            ),
            (
                "CNN, 8 shards",
                Sequential
                    .Of(
                        Conv2D(16, 3, Relu, padding: Padding.Same),
                        Conv2D(16, 3, Relu, padding: Padding.Same),
                        MaxPooling2D(2),
                        Flatten(),
                        Dense(64, Relu),
                        Dense(10, Softmax)
                    )
                    .Compile(Adam(), SparseCategoricalCrossentropy()),
                8,
                16,
                8
            ),
            (
                "MLP of 0.1 M parameters, 2 shards",
                Sequential
                    .Of(Flatten(), Dense(256, Relu), Dense(256, Relu), Dense(10, Softmax))
                    .Compile(Adam(), SparseCategoricalCrossentropy()),
                2,
                24,
                32
            ),
        ];

    /// <summary>A job of 16 samples a shard.</summary>
    public static JobSpec SpecOf(Sequential model, DatasetView data, int shards, int epochs, int nodes) =>
        new()
        {
            TrainingGraphJson = Encoding.UTF8.GetString(
                GraphJson.Write(model.Build(Shape.Of([.. data.Info.FeatureShape])))
            ),
            Dataset = data.Ref,
            Epochs = epochs,
            Seed = 1,
            Shards = shards,
            Nodes = nodes,
            Model = new("checked"),
            CheckpointInterval = TimeSpan.FromHours(1),
        };
}
