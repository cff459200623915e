using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json;
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
/// little-endian int64, and the bytes; or -1 where the state is not offered. A stream takes one request after the other.
/// </remarks>
internal sealed class StateOffers : IDisposable
{
    /// <summary>The streams' purpose.</summary>
    public const string Purpose = "training-state";

    private const int MaxRequestBytes = 4096;
    private const int BlockBytes = 1 << 18;
    private const long Missing = -1;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ConcurrentDictionary<(string Token, NodeId Node), OfferedState> _offers = [];
    private readonly IDisposable? _serving;
    private readonly string? _process;
    private readonly ReadOnlyMemory<byte> _key;

    private sealed record Request(string Token, string Node, int? Vector, int Start, int Count);

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

    /// <summary>Fetches a state from several ranks at once, each giving a part of every vector.</summary>
    /// <param name="generation">Whose rank asks.</param>
    /// <param name="holders">The ranks that have it, at least one.</param>
    /// <param name="into">The replica's vectors, which are overwritten.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StateLostException">A holder does not give it; the message says why.</exception>
    public async Task<StateFacts> FetchAsync(
        Generation generation,
        IReadOnlyList<RankPlacement> holders,
        IReadOnlyList<Memory<float>> into,
        CancellationToken cancellation
    )
    {
        var parts = await Task.WhenAll(
            holders.Select(
                (holder, index) => FetchPartAsync(generation, holder, index, holders.Count, into, cancellation)
            )
        );
        return parts[0];
    }

    /// <inheritdoc/>
    public void Dispose() => _serving?.Dispose();

    private async Task<StateFacts> FetchPartAsync(
        Generation generation,
        RankPlacement holder,
        int index,
        int count,
        IReadOnlyList<Memory<float>> into,
        CancellationToken cancellation
    )
    {
        try
        {
            if (holder.Link is not { } link || link.Process == _process)
            {
                return CopyPart(generation, holder, index, count, into);
            }
            await using var stream = await LinkConnector.OpenAsync(link.ToAddress(), Purpose, _key, cancellation);
            var facts = await AskAsync(stream, new(generation.Token, holder.Node.Value, null, 0, 0), cancellation);
            var json = new byte[facts];
            await stream.ReadExactlyAsync(json, cancellation);
            var block = new byte[BlockBytes];
            for (var vector = 0; vector < into.Count; vector++)
            {
                var (start, end) = PartOf(into[vector].Length, index, count);
                await AskAsync(
                    stream,
                    new(generation.Token, holder.Node.Value, vector, start, end - start),
                    cancellation
                );
                await ReadAsync(stream, into[vector][start..end], block, cancellation);
            }
            return StateFacts.Parse(json);
        }
        catch (Exception error) when (error is IOException or JsonException or StateLostException)
        {
            throw new StateLostException(holder.Node, $"did not give its state: {error.Message}", error);
        }
    }

    private StateFacts CopyPart(
        Generation generation,
        RankPlacement holder,
        int index,
        int count,
        IReadOnlyList<Memory<float>> into
    )
    {
        var state =
            _offers.GetValueOrDefault((generation.Token, holder.Node))
            ?? throw new StateLostException(holder.Node, "offers none.");
        for (var vector = 0; vector < into.Count; vector++)
        {
            var (start, end) = PartOf(into[vector].Length, index, count);
            state.Vectors[vector].Span[start..end].CopyTo(into[vector].Span[start..]);
        }
        return state.Facts;
    }

    private static (int Start, int End) PartOf(int length, int index, int count) =>
        ((int)((long)length * index / count), (int)((long)length * (index + 1) / count));

    private static async Task<long> AskAsync(Stream stream, Request request, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(request, Json);
        var message = new byte[sizeof(int) + json.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, json.Length);
        json.CopyTo(message, sizeof(int));
        await stream.WriteAsync(message, cancellation);
        var header = new byte[sizeof(long)];
        await stream.ReadExactlyAsync(header, cancellation);
        var length = BinaryPrimitives.ReadInt64LittleEndian(header);
        return length >= 0
            ? length
            : throw new StateLostException(new(request.Node), "offers none to this generation.");
    }

    private static async Task ReadAsync(Stream stream, Memory<float> into, byte[] block, CancellationToken cancellation)
    {
        for (var at = 0; at < into.Length; )
        {
            var floats = Math.Min(block.Length / sizeof(float), into.Length - at);
            await stream.ReadExactlyAsync(block.AsMemory(0, floats * sizeof(float)), cancellation);
            block.AsSpan(0, floats * sizeof(float)).CopyTo(MemoryMarshal.AsBytes(into.Span.Slice(at, floats)));
            at += floats;
        }
    }

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
            if (JsonSerializer.Deserialize<Request>(json, Json) is not { } request)
            {
                return;
            }
            await AnswerAsync(stream, request, block, cancellation);
        }
    }

    private async Task AnswerAsync(Stream stream, Request request, byte[] block, CancellationToken cancellation)
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

    private static bool Fits(Request request, OfferedState state) =>
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
