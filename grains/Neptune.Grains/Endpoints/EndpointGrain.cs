using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Grains;

[GrainType("neptune.endpoint")]
internal sealed class EndpointGrain(
    [PersistentState("endpoint", GrainStorageName.Neptune)] IPersistentState<Stored<EndpointInfo>> stored,
    TimeProvider time
) : Grain, IEndpointGrain
{
    private EndpointName Name => new(this.GetPrimaryKeyString());

    public async Task<EndpointInfo> DeployAsync(PackageRef package, bool replace)
    {
        var current = stored.State.Value;
        if (current is not null && current.Package.Artifact != package.Artifact && !replace)
        {
            throw new ConflictException(
                $"Endpoint {Name} is taken: it serves {Describe(current.Package)}. Choose another name, replace it "
                    + "(--replace), or undeploy it first."
            );
        }
        var nodes = await GrainFactory.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).ListNodesAsync();
        if (nodes.IsEmpty)
        {
            throw new ConflictException("The cluster has no node to serve from: start a silo.");
        }
        var deployed = new EndpointInfo
        {
            Name = Name,
            Package = package,
            Replicas = [await LoadAsync(package.Artifact, nodes)], // a broken package never becomes a deployment
            DeployedAt = time.GetUtcNow(),
        };
        await stored.SaveAsync(deployed);
        await Index.AddAsync(Name.Value);
        return deployed;
    }

    public async Task UndeployAsync()
    {
        var deployed = await GetAsync();
        await stored.SaveAsync(null);
        await Index.RemoveAsync(Name.Value);
        foreach (var node in deployed.Replicas)
        {
            await Replica(node).UnloadAsync();
        }
    }

    public async Task<EndpointInfo> GetAsync() =>
        stored.State.Value
        ?? throw await MissingNames.ErrorAsync(GrainFactory, INameIndexGrain.Endpoints, "endpoint", Name.Value);

    public async Task<ImmutableArray<Prediction>> PredictAsync(PredictionRequest request)
    {
        var deployed = await GetAsync();
        return await Replica(deployed.Replicas[0]).PredictAsync(deployed.Package.Artifact, request);
    }

    // On the first silo that has the users' modules which the package runs, if any.
    private async Task<NodeId> LoadAsync(string artifact, ImmutableArray<NodeInfo> nodes)
    {
        MissingModuleException? missing = null;
        foreach (var node in nodes.DistinctBy(n => n.Id.Host).Select(n => n.Id))
        {
            try
            {
                await Replica(node).LoadAsync(artifact);
                return node;
            }
            catch (MissingModuleException error)
            {
                missing = error;
            }
        }
        throw missing!;
    }

    private INameIndexGrain Index => GrainFactory.GetGrain<INameIndexGrain>(INameIndexGrain.Endpoints);

    private IReplicaGrain Replica(NodeId node) => GrainFactory.GetGrain<IReplicaGrain>(NodeKeys.Of($"{Name}/0", node));

    private static string Describe(PackageRef package) => $"{package.Model} version {package.Version}";
}
