using Neptune.ModelGraph;
using Neptune.Torch;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Benchmarks;

/// <summary>A model and what one optimizer step takes.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Graph">What is trained.</param>
/// <param name="ShardRows">Samples of one shard.</param>
/// <param name="Shards">Shards of one step; the plain loop sees them as one batch.</param>
/// <param name="BlockSteps">Steps of one timed block.</param>
internal sealed record Workload(string Name, TrainingGraph Graph, int ShardRows, int Shards, int BlockSteps)
{
    private const int Batches = 8;

    /// <summary>Samples of one step.</summary>
    public int Rows => ShardRows * Shards;

    public int FeaturesOfSample => (int)Graph.Graph.Inputs[0].Shape.WithoutFirst().ElementCount();

    public static Workload SmallMlp { get; } = new("mlp-784-64-64-10 adam b16", Mlp(784, 64, Adam()), 16, 1, 400);

    public static Workload Cnn { get; } = new("cnn-32-64-128 adam b64", ConvNet(), 64, 1, 6);

    public static Workload LargeMlp { get; } = new("mlp-4096x3-10 sgd b32", Mlp(4096, 4096, Sgd()), 32, 1, 5);

    public static Workload WideCnn { get; } = new("cnn adam b128", ConvNet(), 128, 1, 3);

    /// <summary>Four shards of 16 a node and step.</summary>
    public static Workload SmallMlpOfFour { get; } =
        new("mlp-784-64-64-10 adam 4 shards of 16", Mlp(784, 64, Adam()), 16, 4, 120);

    /// <summary>What a node takes of a step, in workloads of many nodes.</summary>
    public static IReadOnlyList<Workload> OfNodes { get; } = [SmallMlp, SmallMlpOfFour, Cnn, LargeMlp];

    /// <summary>Those of <see cref="OfNodes"/> whose name contains a text, or all; where there is none, says so.</summary>
    public static IReadOnlyList<Workload> OfNodesNamed(string? only)
    {
        var wanted = OfNodes
            .Where(w => only is null || w.Name.Contains(only, StringComparison.OrdinalIgnoreCase))
            .ToArray();
        if (wanted.Length == 0)
        {
            Console.Error.WriteLine(
                $"--only {only}: no workload's name contains this. There are: "
                    + $"{string.Join("; ", OfNodes.Select(w => w.Name))}."
            );
        }
        return wanted;
    }

    /// <summary>The workload of a name.</summary>
    public static Workload Named(string name) => OfNodes.First(w => w.Name == name);

    /// <summary>Global batches that all contenders go through in turn.</summary>
    public IReadOnlyList<ShardBatch> MakeBatches()
    {
        var random = new KeyedRandom(KeyedRandom.Key(1, "benchmark"));
        var batches = new List<ShardBatch>();
        for (var b = 0; b < Batches; b++)
        {
            var features = new float[Rows * FeaturesOfSample];
            foreach (ref var value in features.AsSpan())
            {
                value = (float)random.NextDouble();
            }
            var classes = new long[Rows];
            foreach (ref var label in classes.AsSpan())
            {
                label = random.NextBelow(10);
            }
            batches.Add(new(Rows, features) { Classes = classes });
        }
        return batches;
    }

    private static TrainingGraph Mlp(long features, int units, Optimizer optimizer) =>
        Sequential
            .Of(Dense(units, Relu), Dense(units, Relu), Dense(10, Softmax))
            .Compile(optimizer, SparseCategoricalCrossentropy(), [Accuracy()])
            .Build(Shape.Of(features));

    private static TrainingGraph ConvNet() =>
        Sequential
            .Of(
                Conv2D(32, 3, Relu),
                MaxPooling2D(),
                Conv2D(64, 3, Relu),
                MaxPooling2D(),
                Flatten(),
                Dense(128, Relu),
                Dense(10, Softmax)
            )
            .Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()])
            .Build(Shape.Of(28, 28, 1));
}
