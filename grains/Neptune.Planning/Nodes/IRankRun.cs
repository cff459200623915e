using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>A rank that runs. Its members may be called from any thread.</summary>
public interface IRankRun
{
    /// <summary>What it was given last: the newest generation and whom it reports to.</summary>
    RankAssignment Assignment { get; }

    /// <summary>The latest progress, of this one rank.</summary>
    ShardReport Progress { get; }

    /// <summary>True while it is no member of its job: it gets ready, or waits to be taken in.</summary>
    bool IsWaiting { get; }

    /// <summary>Ends when the rank has; errors are in the last <see cref="Progress"/>, not here.</summary>
    Task Completion { get; }

    /// <summary>The latest steps.</summary>
    RankTrace Trace { get; }

    /// <summary>Asks to leave the job at a step boundary; the rank's completion says that it has.</summary>
    /// <returns>False where all ranks of the job are in this process: nobody could go on without it.</returns>
    /// <exception cref="StoreUnavailableException">The store does not take it; the rank goes on.</exception>
    Task<bool> LeaveAsync(string reason);

    /// <summary>Asks all ranks of the generation, through the next reduction, to stop at the same step boundary.</summary>
    void RequestStop();

    /// <summary>Ends the rank at once, and with it its group.</summary>
    void Abort(string reason);
}
