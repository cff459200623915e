using Microsoft.Extensions.DependencyInjection;

namespace Neptune.Grains;

/// <summary>Makes a silo report the progress of its ranks.</summary>
public static class RankReportsHosting
{
    /// <summary>Reports the ranks of the silo's nodes to their jobs.</summary>
    public static ISiloBuilder UseRankReports(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, RankReporter>();
        return silo;
    }
}
