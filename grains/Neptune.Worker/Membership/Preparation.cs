using Neptune.Collectives;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>
/// Prepares a job's next generation while its own still trains, so that a change of membership costs no more than the step at
/// which it happens: a rank says how fast it is, learns who the next ranks are, and opens the links between them. Once all
/// ranks are ready they go over after the same step.
/// </summary>
/// <param name="generation">The one that trains.</param>
/// <param name="membership">This rank's part in deciding the next one.</param>
/// <param name="orders">Of this rank, in this generation.</param>
/// <param name="join">Opens the links of a generation in which the rank has this place.</param>
internal sealed class Preparation(
    Generation generation,
    RankMembership membership,
    RankOrders orders,
    Func<Generation, RankPlacement, CancellationToken, Task<ICollective>> join
)
{
    private ICollective? _group;

    /// <summary>
    /// True where all ranks have a say in each step: those without shards would not be heard when they are ready.
    /// </summary>
    public static bool IsPossible(Generation generation) => generation.Ranks.All(r => r.Range.Count > 0);

    /// <summary>The next generation, once it is known; this rank may have no place in it.</summary>
    public Generation? Next { get; private set; }

    /// <summary>Why the links could not be opened; null where they could, or are being opened.</summary>
    public CollectiveAbortedException? Failure { get; private set; }

    /// <summary>This rank's end of the next generation's group, which then belongs to the caller; null where it has none.</summary>
    public ICollective? TakeGroup() => Interlocked.Exchange(ref _group, null);

    /// <summary>Prepares what others, or this rank's own watch, have begun. Ends with the cancellation, and closes what was opened.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            var heard = await orders.WhenHeard(PreparationStage.Wished).WaitAsync(cancellation);
            await membership.SpeakAheadAsync(generation, heard, cancellation);
            await orders.WhenHeard(PreparationStage.Set).WaitAsync(cancellation);
            var next = await membership.AfterAsync(generation, cancellation);
            if (!next.IsPrepared)
            {
                return; // this one has failed elsewhere, and will here
            }
            Next = next;
            if (membership.PlaceIn(next) is { } place)
            {
                _group = await join(next, place, cancellation);
            }
            orders.IsReady = true;
        }
        catch (CollectiveAbortedException error)
        {
            Failure = error;
            orders.Yield = true;
        }
        catch (OperationCanceledException)
        {
            // this generation has ended otherwise
        }
#pragma warning disable CA1031 // what is wrong is met again, and told, where the ranks open the links without preparation
        catch (Exception)
#pragma warning restore CA1031
        {
            orders.Yield = true;
        }
    }
}
