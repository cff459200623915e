using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Worker;

/// <summary>Where a checkpoint comes from, and what its bits depend on.</summary>
internal sealed record CheckpointOrigin
{
    /// <summary>The job's name.</summary>
    public required string Job { get; init; }

    /// <inheritdoc cref="RankAssignment.Attempt"/>
    public required int Attempt { get; init; }

    /// <summary>The number of the generation that trained last.</summary>
    public required int Generation { get; init; }

    /// <summary>The training graph's SHA-256.</summary>
    public required string GraphSha256 { get; init; }

    /// <summary>The SHA-256 of the data set's manifest.</summary>
    public required string DatasetSha256 { get; init; }

    /// <summary>The rest of what the bits depend on.</summary>
    public required SpecBits Spec { get; init; }

    /// <summary>The SHA-256 of <see cref="Spec"/>.</summary>
    public required string SpecSha256 { get; init; }

    /// <summary>The numerics of the nodes.</summary>
    public required string NumericsFingerprint { get; init; }

    /// <summary>That of a run, in its newest generation.</summary>
    public static CheckpointOrigin Of(TrainingRun run, int generation, string numericsFingerprint) =>
        Of(run.Assignment.Generation.Job, run.Spec, run.Graph, run.Assignment.Dataset.Sha256, numericsFingerprint) with
        {
            Attempt = run.Assignment.Attempt,
            Generation = generation,
        };

    /// <summary>That of a job, without attempt and generation.</summary>
    public static CheckpointOrigin Of(
        JobId job,
        JobSpec spec,
        TrainingGraph graph,
        string datasetSha256,
        string numericsFingerprint
    )
    {
        var bits = SpecBits.Of(spec);
        return new()
        {
            Job = job.Value,
            Attempt = 0,
            Generation = 0,
            GraphSha256 = GraphJson.Sha256(graph),
            DatasetSha256 = datasetSha256,
            Spec = bits,
            SpecSha256 = bits.Sha256(),
            NumericsFingerprint = numericsFingerprint,
        };
    }

    /// <summary>
    /// Why a run cannot go on from here to the same bits; none where it can. Job, attempt, generation and numerics may
    /// differ: whether the nodes' numerics may is the job's choice.
    /// </summary>
    public IReadOnlyList<string> DifferencesTo(CheckpointOrigin here)
    {
        var differences = new List<string>();
        if (GraphSha256 != here.GraphSha256)
        {
            differences.Add($"the training graph's SHA-256 is {GraphSha256} there and {here.GraphSha256} here");
        }
        if (DatasetSha256 != here.DatasetSha256)
        {
            differences.Add($"the data set's SHA-256 is {DatasetSha256} there and {here.DatasetSha256} here");
        }
        differences.AddRange(Spec.DifferencesTo(here.Spec));
        return differences;
    }
}
