using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>
/// Fetches a state from several ranks at once, each giving a part of every vector. The streams to them stay open from one fetch
/// to the next. For one fetch at a time.
/// </summary>
internal sealed class StateFetch(StateOffers offers, Generation generation, IReadOnlyList<RankPlacement> holders)
    : IDisposable
{
    private readonly Stream?[] _streams = new Stream?[holders.Count];

    /// <summary>Fetches.</summary>
    /// <param name="into">The replica's vectors, which are overwritten.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StateLostException">A holder does not give it; the message says why.</exception>
    public async Task<StateFacts> FetchAsync(IReadOnlyList<Memory<float>> into, CancellationToken cancellation)
    {
        var parts = await Task.WhenAll(holders.Select((_, index) => FetchPartAsync(index, into, cancellation)));
        return parts[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var stream in _streams)
        {
            stream?.Dispose();
        }
    }

    private async Task<StateFacts> FetchPartAsync(
        int index,
        IReadOnlyList<Memory<float>> into,
        CancellationToken cancellation
    )
    {
        var holder = holders[index];
        try
        {
            if (offers.OfferedHere(generation, holder) is { } state)
            {
                CopyPart(state, index, into);
                return state.Facts;
            }
            var stream = _streams[index] ??= await offers.OpenAsync(holder.Link!, cancellation);
            var parts = into.Select(vector => PartOf(vector.Length, index)).ToArray();
            // All that is asked for at once: answers come in turn.
            byte[] requests =
            [
                .. RequestOf(holder, null, default).ToBytes(),
                .. parts.SelectMany((part, vector) => RequestOf(holder, vector, part).ToBytes()),
            ];
            await stream.WriteAsync(requests, cancellation);
            var facts = new byte[await AnswerAsync(stream, holder, cancellation)];
            await stream.ReadExactlyAsync(facts, cancellation);
            var block = new byte[StateOffers.BlockBytes];
            for (var vector = 0; vector < into.Count; vector++)
            {
                await AnswerAsync(stream, holder, cancellation);
                await ReadAsync(stream, into[vector][parts[vector].Start..parts[vector].End], block, cancellation);
            }
            return StateFacts.Parse(facts);
        }
        catch (Exception error) when (error is IOException or JsonException or StateLostException)
        {
            throw new StateLostException(holder.Node, $"did not give its state: {error.Message}", error);
        }
    }

    private StateRequest RequestOf(RankPlacement holder, int? vector, (int Start, int End) part) =>
        new(generation.Token, holder.Node.Value, vector, part.Start, part.End - part.Start);

    private void CopyPart(OfferedState state, int index, IReadOnlyList<Memory<float>> into)
    {
        for (var vector = 0; vector < into.Count; vector++)
        {
            var (start, end) = PartOf(into[vector].Length, index);
            state.Vectors[vector].Span[start..end].CopyTo(into[vector].Span[start..]);
        }
    }

    private (int Start, int End) PartOf(int length, int index) =>
        ((int)((long)length * index / holders.Count), (int)((long)length * (index + 1) / holders.Count));

    // How many bytes follow.
    private static async Task<long> AnswerAsync(Stream stream, RankPlacement holder, CancellationToken cancellation)
    {
        var header = new byte[sizeof(long)];
        await stream.ReadExactlyAsync(header, cancellation);
        var length = BinaryPrimitives.ReadInt64LittleEndian(header);
        return length >= 0 ? length : throw new StateLostException(holder.Node, "offers none to this generation.");
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
}
