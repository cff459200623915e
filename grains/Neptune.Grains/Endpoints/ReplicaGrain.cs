using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Grains;

[GrainType("neptune.replica"), NodePlacement]
internal sealed class ReplicaGrain(INodeWorkers workers) : Grain, IReplicaGrain
{
    private IModelRunner? _runner;
    private string _artifact = "";

    public async Task LoadAsync(string artifact)
    {
        if (_runner is not null && _artifact == artifact)
        {
            return;
        }
        var node = NodeKeys.NodeOf(this.GetPrimaryKeyString());
        var loaded = await workers.LoadModelAsync(node, artifact, CancellationToken.None);
        await UnloadAsync();
        (_runner, _artifact) = (loaded, artifact);
    }

    public async Task<ImmutableArray<Prediction>> PredictAsync(string artifact, PredictionRequest request)
    {
        await LoadAsync(artifact);
        return await _runner!.PredictAsync(request, CancellationToken.None);
    }

    public async Task UnloadAsync()
    {
        if (_runner is { } runner)
        {
            (_runner, _artifact) = (null, "");
            await runner.DisposeAsync();
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        UnloadAsync();
}
