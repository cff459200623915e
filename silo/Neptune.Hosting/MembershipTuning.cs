using Orleans.Configuration;

namespace Neptune.Hosting;

/// <summary>
/// How fast a cluster notices that a silo is gone. Orleans' own settings are for servers that are rarely missed: half a
/// minute. Here a job waits, so it is to be seconds; but a silo that is merely slow, for its nodes take all cores, must stay.
/// </summary>
internal static class MembershipTuning
{
    public static void Apply(ClusterMembershipOptions options)
    {
        // A silo is asked this often, twice directly, then by way of another. Orleans learns from the answers' times how
        // long to wait, within these bounds, so the time to notice grows only where answers have become slow.
        options.ProbeTimeout = TimeSpan.FromMilliseconds(700);
        options.MinProbeTimeout = TimeSpan.FromMilliseconds(400);
        options.MaxProbeTimeout = TimeSpan.FromSeconds(1);
        options.NumMissedProbesLimit = 3;
        options.NumVotesForDeathDeclaration = 2;
        // A killed process's connections close; while one is open and alive, nobody is declared dead.
        options.EnableConnectionLivenessCheck = true;
        options.EnableIndirectProbes = true;
        // Changes are gossiped; this is for whoever missed one.
        options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        options.DeathVoteExpirationTimeout = TimeSpan.FromSeconds(30);
        // After a power cut all rows are those of silos that are gone: a new silo waits this times three, no longer.
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(2);
        options.NumMissedTableIAmAliveLimit = 3;
        options.MaxJoinAttemptTime = TimeSpan.FromMinutes(1);
        options.DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(5);
        options.DefunctSiloExpiration = TimeSpan.FromHours(1);
    }
}
