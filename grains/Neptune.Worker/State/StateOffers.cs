using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Neptune.Collectives;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>
/// Hands the state of this process's ranks to ranks that lack it. Within the process it is copied; to others it goes over
/// streams beside the gradients' links. Safe for all threads.
/// </summary>
/// <remarks>
/// A request is its length as a little-endian int32 and JSON: the generation's token, which proves that the asking rank is
/// a member; the node; and which part of which vector, or no vector for the facts. The answer is its length in bytes, as a
/// little-endian int64, and the bytes; or -1 where the state is not offered. A stream takes one request after the other, and
/// they may be sent ahead of the answers.
/// </remarks>
internal sealed class StateOffers : IDisposable
{
    /// <summary>The streams' purpose.</summary>
    public const string Purpose = "training-state";

    /// <summary>Bytes that are sent and received at once.</summary>
    public const int BlockBytes = 1 << 18;

    private const int MaxRequestBytes = 4096;
    private const long Missing = -1;

    private readonly ConcurrentDictionary<(string Token, NodeId Node), OfferedState> _offers = [];
    private readonly IDisposable? _serving;
    private readonly string? _process;
    private readonly ReadOnlyMemory<byte> _key;

    /// <summary>All ranks are in this process.</summary>
    public StateOffers() { }

    /// <summary>Ranks may be in other processes.</summary>
    /// <param name="listener">Takes their streams.</param>
    /// <param name="key">The cluster's secret.</param>
    public StateOffers(LinkListener listener, ReadOnlyMemory<byte> key)
    {
        (_process, _key) = (listener.Address.ProcessId, key);
        _serving = listener.Handle(Purpose, () => key, ServeAsync);
    }

    /// <summary>Offers a state to the ranks of a generation until the result is disposed.</summary>
    public IDisposable Offer(Generation generation, NodeId node, OfferedState state)
    {
        var name = (generation.Token, node);
        _offers[name] = state;
        return new Withdrawal(() => _offers.TryRemove(name, out _));
    }

    /// <summary>A way to fetch the state that a generation goes on from.</summary>
    /// <param name="generation">Whose rank asks.</param>
    /// <param name="holders">The ranks that have it, at least one.</param>
    public StateFetch FetchFrom(Generation generation, IReadOnlyList<RankPlacement> holders) =>
        new(this, generation, holders);

    /// <summary>What a rank of this process offers; null where the holder lives in another.</summary>
    /// <exception cref="StateLostException">It offers nothing.</exception>
    public OfferedState? OfferedHere(Generation generation, RankPlacement holder) =>
        holder.Link is { } link && link.Process != _process
            ? null
            : _offers.GetValueOrDefault((generation.Token, holder.Node))
                ?? throw new StateLostException(holder.Node, "offers none.");

    /// <summary>Opens a stream of states from another process.</summary>
    /// <exception cref="IOException">It cannot be reached or refuses.</exception>
    public Task<Stream> OpenAsync(LinkEndpoint link, CancellationToken cancellation) =>
        LinkConnector.OpenAsync(link.ToAddress(), Purpose, _key, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _serving?.Dispose();

    private async Task ServeAsync(Stream stream, CancellationToken cancellation)
    {
        var header = new byte[sizeof(int)];
        var block = new byte[BlockBytes];
        while (await stream.ReadAtLeastAsync(header, header.Length, false, cancellation) == header.Length)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(header);
            if (length is < 2 or > MaxRequestBytes)
            {
                return;
            }
            var json = new byte[length];
            await stream.ReadExactlyAsync(json, cancellation);
            if (StateRequest.Parse(json) is not { } request)
            {
                return;
            }
            await AnswerAsync(stream, request, block, cancellation);
        }
    }

    private async Task AnswerAsync(Stream stream, StateRequest request, byte[] block, CancellationToken cancellation)
    {
        var header = new byte[sizeof(long)];
        if (!_offers.TryGetValue((request.Token, new(request.Node)), out var state) || !Fits(request, state))
        {
            BinaryPrimitives.WriteInt64LittleEndian(header, Missing);
            await stream.WriteAsync(header, cancellation);
            return;
        }
        if (request.Vector is not { } vector)
        {
            var facts = state.Facts.ToJson();
            BinaryPrimitives.WriteInt64LittleEndian(header, facts.Length);
            await stream.WriteAsync(header, cancellation);
            await stream.WriteAsync(facts, cancellation);
            return;
        }
        var values = state.Vectors[vector].Slice(request.Start, request.Count);
        BinaryPrimitives.WriteInt64LittleEndian(header, (long)values.Length * sizeof(float));
        await stream.WriteAsync(header, cancellation);
        for (var at = 0; at < values.Length; )
        {
            var floats = Math.Min(block.Length / sizeof(float), values.Length - at);
            MemoryMarshal.AsBytes(values.Span.Slice(at, floats)).CopyTo(block);
            await stream.WriteAsync(block.AsMemory(0, floats * sizeof(float)), cancellation);
            at += floats;
        }
    }

    private static bool Fits(StateRequest request, OfferedState state) =>
        request.Vector is not { } vector
        || (
            vector >= 0
            && vector < state.Vectors.Count
            && request.Start >= 0
            && request.Count >= 0
            && (long)request.Start + request.Count <= state.Vectors[vector].Length
        );

    private sealed class Withdrawal(Action withdraw) : IDisposable
    {
        public void Dispose() => withdraw();
    }
}
