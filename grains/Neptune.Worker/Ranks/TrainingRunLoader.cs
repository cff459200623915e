using System.Text;
using Neptune.Contracts;
using Neptune.Data;
using Neptune.ModelGraph;
using Neptune.Planning;

namespace Neptune.Worker;

/// <summary>Loads graph, data and the package to go on from.</summary>
internal sealed class TrainingRunLoader(IArtifactStore artifacts, DatasetLibrary datasets)
{
    /// <exception cref="NeptuneException">Something is missing or altered; the message names it.</exception>
    public async Task<TrainingRun> LoadAsync(RankAssignment assignment, CancellationToken cancellation)
    {
        var spec = assignment.Spec;
        var graph = GraphJson.ReadTraining(Encoding.UTF8.GetBytes(spec.TrainingGraphJson));
        var source = await datasets.OpenAsync(assignment.Dataset, spec.Dataset.Split, cancellation);
        var (kept, heldOut) = HoldOut.Split((int)source.Count, spec.ValidationSplit, unchecked((long)spec.Seed));
        return new()
        {
            Assignment = assignment,
            Graph = graph,
            Training = heldOut.Length == 0 ? source : new Subset(source, kept),
            Validation = heldOut.Length == 0 ? null : new Subset(source, heldOut),
            From = spec.ResumeFrom is { } package ? await PackageAsync(package, cancellation) : null,
        };
    }

    private async Task<TrainingPackage> PackageAsync(string artifact, CancellationToken cancellation)
    {
        var bytes = await artifacts.ReadAsync(artifact, cancellation);
        return PackageFile.ReadTraining(new MemoryStream(bytes), artifacts.PathOf(artifact));
    }
}
