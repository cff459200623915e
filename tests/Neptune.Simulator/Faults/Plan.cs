using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Simulator;

/// <summary>What a seed plays: the cluster, its jobs, and how long it is disturbed.</summary>
internal sealed record Plan
{
    /// <summary>The data of all jobs.</summary>
    public static readonly DatasetInfo Dataset = new()
    {
        Name = new("numbers"),
        Version = 1,
        Sha256 = new('d', 64),
        FeatureShape = [2],
        Labels = ["a", "b"],
        Splits = ImmutableDictionary<string, long>.Empty.Add("train", 1 << 20),
    };

    private static readonly string Graph = System.Text.Encoding.UTF8.GetString(
        GraphJson.Write(
            Sequential
                .Of(Dense(2, Activation.Softmax))
                .Compile(Adam(), SparseCategoricalCrossentropy(), [])
                .Build(Shape.Of(2))
        )
    );

    /// <summary>How many nodes each silo has.</summary>
    public required ImmutableArray<int> NodesOfSilos { get; init; }

    /// <summary>The jobs.</summary>
    public required ImmutableArray<Training> Trainings { get; init; }

    /// <summary>When faults stop.</summary>
    public required TimeSpan QuietFrom { get; init; }

    /// <summary>How many faults there are until then.</summary>
    public required int Faults { get; init; }

    public int Nodes => NodesOfSilos.Sum();

    /// <summary>The training of a job.</summary>
    public Training Of(JobId job) => Trainings.First(t => t.Job == job);

    /// <summary>Most clusters are small; few are of up to 1,000 nodes and play few steps.</summary>
    public static Plan Draw(Timeline timeline, ulong seed)
    {
        var kind = timeline.Between(0, 999);
        var (silos, most) =
            kind < 970 ? (timeline.Between(2, 8), 2)
            : kind < 995 ? (timeline.Between(8, 30), 4)
            : (timeline.Between(20, 40), 25);
        ImmutableArray<int> nodes = [.. Enumerable.Range(0, silos).Select(_ => timeline.Between(1, most))];
        if (kind >= 999)
        {
            nodes = [.. Enumerable.Repeat(25, 40)];
        }
        var isLarge = nodes.Sum() > 24;
        var jobs = isLarge || timeline.Chance(0.6) ? 1 : timeline.Between(2, 3);
        return new()
        {
            NodesOfSilos = nodes,
            Trainings =
            [
                .. Enumerable.Range(0, jobs).Select(j => DrawTraining(timeline, seed, j, nodes.Sum(), isLarge)),
            ],
            QuietFrom = timeline.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(isLarge ? 4 : 8)),
            Faults = isLarge ? timeline.Between(0, 4) : timeline.Between(0, 12),
        };
    }

    private static Training DrawTraining(Timeline timeline, ulong seed, int number, int nodes, bool isLarge)
    {
        var shards = isLarge ? nodes * timeline.Between(1, 2) : timeline.Between(1, 16);
        var asked = isLarge ? timeline.Between(nodes / 2, nodes) : timeline.Between(1, Math.Min(nodes, 12));
        var stepsPerEpoch = isLarge ? timeline.Between(2, 3) : timeline.Between(2, 8);
        var epochs = isLarge ? 2 : timeline.Between(1, 6);
        var spec = new JobSpec
        {
            TrainingGraphJson = Graph,
            Dataset = new(Dataset.Name, 1, "train"),
            Epochs = epochs,
            Shards = shards,
            Nodes = asked,
            PerDeviceBatchSize = 1,
            Seed = Training.Mix(seed + (ulong)number),
            Model = new("numbers"),
        };
        return new(spec, new($"job-{number}"), stepsPerEpoch)
        {
            ShardTime = timeline.Milliseconds(20, 150) * asked / shards,
            FaultStep = timeline.Chance(0.04) ? timeline.Between(0, (epochs * stepsPerEpoch) - 1) : null,
        };
    }
}
