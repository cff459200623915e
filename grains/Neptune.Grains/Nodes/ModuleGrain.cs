using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Grains;

[GrainType("neptune.module"), NodePlacement]
internal sealed class ModuleGrain(INodeWorkers workers) : Grain, IModuleGrain
{
    public async Task<string> DescribeAsync(ModuleRequest request)
    {
        try
        {
            return await workers.DescribeModuleAsync(request, CancellationToken.None);
        }
        finally
        {
            DeactivateOnIdle();
        }
    }
}
