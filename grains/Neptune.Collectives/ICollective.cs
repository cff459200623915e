namespace Neptune.Collectives;

/// <summary>
/// One rank's end of a group of ranks. Calls block the calling thread, which is a device's own, and every rank makes
/// the same calls in the same order. One implementation meets in memory; another uses links between processes.
/// </summary>
/// <remarks>
/// An exchange can overlap with the computation of what it exchanges: <see cref="Begin"/>, then <see cref="Publish"/> for
/// each part that is final, then <see cref="Complete"/>. <see cref="AllReduce"/> is all three at once.
/// </remarks>
public interface ICollective : IDisposable
{
    /// <summary>This rank, 0 to <see cref="WorldSize"/> - 1.</summary>
    int Rank { get; }

    /// <summary>The number of ranks.</summary>
    int WorldSize { get; }

    /// <summary>Where the time in this group has gone so far.</summary>
    ExchangeTimes Times { get; }

    /// <summary>
    /// The ranks that brought values to the last all-reduce that were infinite or no number, as far as this rank has added them;
    /// all ranks' answers together are all of them. Finite values that became infinite by their addition are nobody's. Valid
    /// until the next all-reduce begins.
    /// </summary>
    IReadOnlyCollection<int> NonFiniteFrom { get; }

    /// <summary>
    /// Adds all ranks' partial sums along the fixed tree over <paramref name="shards"/> shards. The bits of the result
    /// depend neither on the cut into ranks nor on the order of arrival.
    /// </summary>
    /// <param name="shards">S, the number of leaves of the tree.</param>
    /// <param name="partials">
    /// The sums of the maximal subtrees of this rank's shard range, in order; none where the range is empty. Their
    /// memory may be used as scratch.
    /// </param>
    /// <param name="result">Receives the root's sum; may be the memory of a partial sum.</param>
    /// <param name="cancellation">Gives up waiting for the others; the group is then aborted.</param>
    /// <exception cref="CollectiveAbortedException">Another rank gave up; the message says which and why.</exception>
    void AllReduce(int shards, ReadOnlySpan<PartialSum> partials, Memory<float> result, CancellationToken cancellation)
    {
        Begin(shards, partials, result);
        Publish(0, result.Length);
        Complete(cancellation);
    }

    /// <summary>
    /// Begins an all-reduce whose values are not final yet: which partial sums there will be is known, and their memory.
    /// The parameters are those of <see cref="AllReduce"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The one before is not complete.</exception>
    /// <exception cref="CollectiveAbortedException">The group has ended.</exception>
    void Begin(int shards, ReadOnlySpan<PartialSum> partials, Memory<float> result);

    /// <summary>
    /// The values [<paramref name="start"/>, <paramref name="end"/>) of all this rank's partial sums are final, and
    /// belong to the exchange from now on. Sends and adds what can be without waiting, and returns. Parts come in any order, each
    /// value once.
    /// </summary>
    /// <exception cref="CollectiveAbortedException">Another rank gave up; the message says which and why.</exception>
    void Publish(int start, int end);

    /// <summary>Waits for the result of what <see cref="Begin"/> began; all values must be published.</summary>
    /// <param name="cancellation">Gives up waiting for the others; the group is then aborted.</param>
    /// <exception cref="CollectiveAbortedException">Another rank gave up; the message says which and why.</exception>
    void Complete(CancellationToken cancellation);

    /// <summary>
    /// How long a rank that is waited for may neither take nor send a byte; then the group ends, and the error names it. Without
    /// effect where all ranks are in one process.
    /// </summary>
    TimeSpan StallLimit { get; set; }

    /// <summary>Gives all ranks' values to all: also those of ranks without shards.</summary>
    /// <param name="own">This rank's finite values, equally many on every rank.</param>
    /// <param name="all">Receives them in the order of the ranks: the world size times as many.</param>
    /// <param name="cancellation">Gives up waiting for the others; the group is then aborted.</param>
    /// <exception cref="CollectiveAbortedException">Another rank gave up; the message says which and why.</exception>
    void AllGather(ReadOnlySpan<float> own, Memory<float> all, CancellationToken cancellation)
    {
        all.Span.Clear(); // the others' places, to which theirs are added
        own.CopyTo(all.Span[(Rank * own.Length)..]);
        AddRanks(all, cancellation);
    }

    /// <summary>Adds vectors of which each rank brings one whole, as if it were a shard: also those without shards.</summary>
    /// <param name="values">This rank's vector, which receives the sum.</param>
    /// <param name="cancellation">Gives up waiting for the others; the group is then aborted.</param>
    /// <exception cref="CollectiveAbortedException">Another rank gave up; the message says which and why.</exception>
    void AddRanks(Memory<float> values, CancellationToken cancellation) =>
        AllReduce(WorldSize, [new(new(Rank, Rank + 1), values)], values, cancellation);

    /// <summary>Ends the group: every rank that waits, or comes later, gets <see cref="CollectiveAbortedException"/>.</summary>
    void Abort(string reason);
}
