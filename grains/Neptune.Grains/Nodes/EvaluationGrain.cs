using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Grains;

[GrainType("neptune.evaluation"), NodePlacement]
internal sealed class EvaluationGrain(INodeWorkers workers) : Grain, IEvaluationGrain
{
    public async Task<EvaluationResult> RunAsync(EvaluationRequest request)
    {
        var dataset = await GrainFactory
            .GetGrain<IDatasetGrain>(request.Dataset.Name.Value)
            .GetAsync(request.Dataset.Version);
        try
        {
            return await workers.EvaluateAsync(
                NodeKeys.NodeOf(this.GetPrimaryKeyString()),
                request,
                dataset,
                CancellationToken.None
            );
        }
        finally
        {
            DeactivateOnIdle();
        }
    }

    public async Task<ImmutableArray<NamedTensor>> InferAsync(string package, ImmutableArray<NamedTensor> inputs)
    {
        try
        {
            var node = NodeKeys.NodeOf(this.GetPrimaryKeyString());
            return await workers.InferAsync(node, package, inputs, CancellationToken.None);
        }
        finally
        {
            DeactivateOnIdle();
        }
    }

    public async Task<OptimizationResult> OptimizeAsync(string package, double tolerance)
    {
        try
        {
            var node = NodeKeys.NodeOf(this.GetPrimaryKeyString());
            return await workers.OptimizeAsync(node, package, tolerance, CancellationToken.None);
        }
        finally
        {
            DeactivateOnIdle();
        }
    }
}
