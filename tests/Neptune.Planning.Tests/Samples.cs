using System.Collections.Immutable;
using System.Text;
using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Planning.Tests;

/// <summary>Facts that the tests start from.</summary>
internal static class Samples
{
    public const string Token = "0123456789abcdef";
    public static readonly DateTimeOffset Now = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly JobId Job = new("job-1");

    /// <summary>8x8 grey digits: 1,500 to train on, 297 to test on, ten classes.</summary>
    public static readonly DatasetInfo Digits = new()
    {
        Name = new("digits"),
        Version = 1,
        Sha256 = new('d', 64),
        FeatureShape = [8, 8, 1],
        Scale = 1f / 16,
        Labels = [.. Enumerable.Range(0, 10).Select(d => $"{d}")],
        Splits = ImmutableDictionary<string, long>.Empty.Add("train", 1500).Add("test", 297),
    };

    public static readonly JobSpec Spec = new()
    {
        TrainingGraphJson = JsonOf(Classifier(10), Shape.Of(8, 8, 1)),
        Dataset = new(Digits.Name, 1, "train"),
        Epochs = 3,
        Seed = 7,
        Nodes = 2,
        Model = new("digits"),
    };

    public static Sequential Classifier(int classes) =>
        Sequential
            .Of(Flatten(), Dense(8, Relu), Dense(classes, Softmax))
            .Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()]);

    public static string JsonOf(Sequential model, Shape sample) =>
        Encoding.UTF8.GetString(GraphJson.Write(model.Build(sample)));

    public static NodeId Node(int number) => new($"local/cpu:{number}");

    public static ImmutableArray<NodeId> Nodes(int count) => [.. Enumerable.Range(0, count).Select(Node)];

    public static ImmutableArray<GrantedNode> Granted(int count, params string[] numerics) =>
        [
            .. Nodes(count)
                .Select((node, i) => new GrantedNode(node, null, numerics.ElementAtOrDefault(i) ?? "numerics")),
        ];

    public static PackageRef Package(long step, int epoch = 0, int version = 0) =>
        new()
        {
            Model = Spec.Model,
            Version = version,
            Artifact = $"{step:x64}",
            Path = $"/artifacts/{step}",
            WeightsSha256 = $"{step + 1:x64}",
            Step = step,
            Epoch = epoch,
        };

    /// <summary>The membership after a job's current one: its last node is gone.</summary>
    public static Generation Next(JobState state)
    {
        var current = state.Generation;
        var gone = current is { WorldSize: > 1 } ? current.Ranks[^1].Node : (NodeId?)null;
        return new()
        {
            Job = Job,
            Number = (current?.Number ?? 0) + 1,
            Token = Token,
            Ranks = [new(0, Node(0), new(0, Spec.Shards))],
            From = new(10, 0),
            Holders = [Node(0)],
            Left = gone is { } node ? [new(node, "its link closed")] : [],
            Cause = gone is null ? "met anew" : $"node {gone}: its link closed",
        };
    }

    /// <summary>What all ranks of a generation say together.</summary>
    public static ShardReport Report(int generation = 1, int ranks = 2) =>
        ReportMerge.Silent(Job, generation, 0, ranks) with
        {
            Ready = ranks,
            TotalSteps = 90,
        };

    /// <summary>All ranks have trained to the end, with equal weights.</summary>
    public static ShardReport Finished(int generation = 1, int ranks = 2) =>
        Report(generation, ranks) with
        {
            Step = 90,
            Ended = ranks,
            Package = Package(90, 3),
            WeightsSha256 = [new('a', 64)],
        };
}
