using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Worker.Tests;

/// <summary>Memberships as they are, of which a test hears when a rank has spoken.</summary>
internal sealed class WatchedMemberships(IMembershipStore store) : IMembershipStore
{
    /// <summary>Called once what a rank says is stored, before the rank goes on.</summary>
    public Action<JobId, RankStatement>? Stated { get; set; }

    public Task<Generation?> CurrentAsync(JobId job) => store.CurrentAsync(job);

    public Task<ImmutableArray<Generation>> SinceAsync(JobId job, int number) => store.SinceAsync(job, number);

    public Task<bool> TryAppendAsync(Generation next) => store.TryAppendAsync(next);

    public Task<MembershipFacts> FactsAsync(Generation current) => store.FactsAsync(current);

    public async Task StateAsync(JobId job, RankStatement statement)
    {
        await store.StateAsync(job, statement);
        Stated?.Invoke(job, statement);
    }

    public Task OfferAsync(JobId job, Candidate candidate) => store.OfferAsync(job, candidate);

    public Task WithdrawAsync(JobId job, NodeId node) => store.WithdrawAsync(job, node);

    public Task DepartAsync(JobId job, Departure departure) => store.DepartAsync(job, departure);

    public Task StayAsync(JobId job, NodeId node) => store.StayAsync(job, node);

    public Task ForgetAsync(JobId job) => store.ForgetAsync(job);
}
