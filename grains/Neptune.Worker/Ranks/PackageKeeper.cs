using Neptune.ModelGraph;
using Neptune.Planning;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>Writes training packages behind the steps: state is copied on the device's thread, the file is written aside.</summary>
internal sealed class PackageKeeper(
    TrainingRun run,
    IArtifactStore artifacts,
    RankProgress progress,
    string fingerprint,
    TimeProvider time
)
{
    private readonly string _graphSha256 = GraphJson.Sha256(run.Graph);
    private Task _writing = Task.CompletedTask;
    private long _last = time.GetTimestamp();

    /// <summary>Begins to write a package where the last one is old enough and written.</summary>
    public void KeepIfDue(Replica replica, TrainingPosition position)
    {
        if (_writing.IsCompletedSuccessfully && time.GetElapsedTime(_last) >= run.Spec.CheckpointInterval)
        {
            _last = time.GetTimestamp();
            _writing = WriteAsync(Copy(replica, position));
        }
    }

    /// <summary>Writes a package of the final state; waits for it and for any that is under way.</summary>
    public async Task KeepLastAsync(TrainingPackage package)
    {
        await _writing;
        await WriteAsync(package);
    }

    /// <summary>Waits for the package that is under way.</summary>
    public Task FlushAsync() => _writing;

    /// <summary>A package of the state as it is; on the device's thread.</summary>
    public TrainingPackage Copy(Replica replica, TrainingPosition position) =>
        new()
        {
            Graph = run.Graph,
            Weights = replica.ExportWeights(),
            OptimizerState = replica.ExportOptimizerState(),
            Position = position,
            History = [.. progress.Report.Epochs.Select(epoch => epoch.ToMetrics())],
            InputScale = run.Training.Scale,
            Labels = [.. run.Training.Labels],
            Lineage = new()
            {
                Job = run.Assignment.Generation.Job.Value,
                Dataset = run.Spec.Dataset.ToString(),
                DatasetSha256 = run.Assignment.Dataset.Sha256,
                GraphSha256 = _graphSha256,
                Seed = run.Spec.Seed,
                NumericsFingerprint = fingerprint,
                Origin = run.From?.Lineage.Origin,
            },
        };

    private async Task WriteAsync(TrainingPackage package)
    {
        var at = time.GetUtcNow();
        await Task.Yield(); // off the device's thread
        var artifact = await artifacts.WriteAsync(
            (target, _) =>
            {
                PackageFile.Write(package, target);
                return Task.CompletedTask;
            },
            CancellationToken.None
        );
        progress.Keep(
            new()
            {
                Model = run.Spec.Model,
                Artifact = artifact,
                Path = artifacts.PathOf(artifact),
                WeightsSha256 = package.WeightsSha256,
                OptimizerSha256 = OptimizerHash.Of(package.OptimizerState),
                At = at,
                NumericsFingerprint = fingerprint,
                Step = package.Position.Step,
                Epoch = package.Position.Epoch,
            }
        );
    }
}
