using Neptune.Contracts;
using Neptune.ModelGraph;
using Neptune.Planning;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>
/// Makes a training package of a checkpoint: a copy in one file that no job's retention removes, for another job to
/// start from.
/// </summary>
internal sealed class CheckpointPackages(IArtifactStore artifacts, DatasetLibrary datasets)
{
    private readonly CheckpointReader _reader = new(artifacts);

    /// <summary>Copies.</summary>
    /// <param name="device">On whose thread the state is laid out.</param>
    /// <param name="job">Whose checkpoint it is.</param>
    /// <param name="dataset">The job's data set.</param>
    /// <param name="checkpoint">Which.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The package's artifact.</returns>
    /// <exception cref="InvalidInputException">The checkpoint is missing, torn, altered or of another spec.</exception>
    public async Task<string> WriteAsync(
        TorchDevice device,
        JobSnapshot job,
        DatasetInfo dataset,
        CheckpointEntry checkpoint,
        CancellationToken cancellation
    )
    {
        var graph = GraphJson.ReadTraining(System.Text.Encoding.UTF8.GetBytes(job.Spec.TrainingGraphJson));
        var source = await datasets.OpenAsync(dataset, job.Spec.Dataset.Split, cancellation);
        var here = CheckpointOrigin.Of(job.Id, job.Spec, graph, dataset.Sha256, "");
        var replica = await device.RunAsync(() => new Replica(device, graph, job.Spec.Seed), cancellation);
        TrainingPackage package;
        try
        {
            var manifest = await _reader.LoadAsync(checkpoint, here, replica.State, cancellation);
            package = await device.RunAsync(() => PackageOf(manifest, replica), cancellation);
        }
        catch (CheckpointDamagedException error)
        {
            throw new InvalidInputException(error.Message, error);
        }
        finally
        {
            await device.RunAsync(replica.Dispose, CancellationToken.None);
        }
        return await artifacts.WriteAsync(
            (target, _) =>
            {
                PackageFile.Write(package, target);
                return Task.CompletedTask;
            },
            cancellation
        );

        TrainingPackage PackageOf(CheckpointManifest manifest, Replica replica)
        {
            replica.TakeState(manifest.State.OptimizerStep);
            return new()
            {
                Graph = graph,
                Weights = replica.ExportWeights(),
                OptimizerState = replica.ExportOptimizerState(),
                Position = manifest.State.Position.InData(job.Spec.StepsPerEpoch(source.Count)),
                History = [.. manifest.State.Epochs.Select(epoch => epoch.ToMetrics())],
                InputScale = source.Scale,
                Labels = [.. source.Labels],
                Lineage = new()
                {
                    Job = job.Id.Value,
                    Dataset = job.Spec.Dataset.ToString(),
                    DatasetSha256 = dataset.Sha256,
                    GraphSha256 = here.GraphSha256,
                    Seed = job.Spec.Seed,
                    NumericsFingerprint = manifest.Origin.NumericsFingerprint,
                },
            };
        }
    }
}
