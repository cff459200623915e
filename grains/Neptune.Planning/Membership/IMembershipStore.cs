using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>
/// Where the memberships of jobs are decided: the one record that all believe. Every call throws
/// <see cref="StoreUnavailableException"/> where the store does not answer; what was asked for may then be done or not.
/// </summary>
public interface IMembershipStore
{
    /// <summary>The newest generation of a job; null before the first.</summary>
    Task<Generation?> CurrentAsync(JobId job);

    /// <summary>A job's generations that came after one, oldest first.</summary>
    Task<ImmutableArray<Generation>> SinceAsync(JobId job, int number);

    /// <summary>
    /// Compare-and-set: makes a generation the newest, unless there is one of its number already, and then that one is right.
    /// </summary>
    /// <returns>True where this call, or an earlier one with the same token, has set it.</returns>
    Task<bool> TryAppendAsync(Generation next);

    /// <summary>What has been said about the end of a generation, and wished for since.</summary>
    Task<MembershipFacts> FactsAsync(Generation current);

    /// <summary>
    /// Keeps a rank's statement, in place of an earlier one of it; what it says ahead is kept apart.
    /// </summary>
    Task StateAsync(JobId job, RankStatement statement);

    /// <summary>A node waits to be taken in.</summary>
    Task OfferAsync(JobId job, Candidate candidate);

    /// <summary>A node waits no longer.</summary>
    Task WithdrawAsync(JobId job, NodeId node);

    /// <summary>A node is asked to leave, at a step boundary.</summary>
    Task DepartAsync(JobId job, Departure departure);

    /// <summary>A node is no longer asked to leave.</summary>
    Task StayAsync(JobId job, NodeId node);

    /// <summary>Drops candidates, departures and statements of a job that has ended; its generations stay as its history.</summary>
    Task ForgetAsync(JobId job);
}
