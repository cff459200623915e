using System.Runtime.InteropServices;

namespace Neptune.Collectives.Tests;

public class FrameTests
{
    private static readonly Gen<byte[]> _payloads = Gen.Byte.Array[0, 3000];

    [Fact]
    public void Given_any_bytes_when_summed_then_every_processor_gets_the_same() =>
        _payloads.Sample(bytes => Assert.Equal(PlainChecksum(bytes), FrameChecksum.Of(bytes)));

    [Fact]
    public void Given_any_bytes_when_one_bit_is_flipped_then_the_checksum_differs() =>
        Gen.Select(Gen.Byte.Array[1, 3000], Gen.Int[0, 24_000])
            .Sample(
                (bytes, bit) =>
                {
                    var sum = FrameChecksum.Of(bytes);
                    bytes[bit / 8 % bytes.Length] ^= (byte)(1 << (bit % 8));
                    Assert.NotEqual(sum, FrameChecksum.Of(bytes));
                }
            );

    [Fact]
    public void Given_values_when_two_signs_or_two_blocks_are_changed_then_the_checksum_differs()
    {
        var values = Enumerable.Range(0, 4096).Select(i => MathF.Sin(i)).ToArray();
        var sum = FrameChecksum.Of(MemoryMarshal.AsBytes(values.AsSpan()));
        for (var distance = 1; distance < 4096; distance++)
        {
            var changed = values.ToArray();
            (changed[0], changed[distance]) = (-changed[0] - 0f, -changed[distance]);
            if (changed[0] == values[0])
                changed[0] = -0f;
            Assert.NotEqual(sum, FrameChecksum.Of(MemoryMarshal.AsBytes(changed.AsSpan())));
        }
        float[] swapped = [.. values[1024..2048], .. values[..1024], .. values[2048..]];
        Assert.NotEqual(sum, FrameChecksum.Of(MemoryMarshal.AsBytes(swapped.AsSpan())));
    }

    [Fact]
    public void Given_zeros_when_there_are_more_of_them_then_the_checksum_differs() =>
        Assert.Equal(300, Enumerable.Range(0, 300).Select(n => FrameChecksum.Of(new byte[n])).Distinct().Count());

    [Fact]
    public void Given_any_header_when_written_then_it_is_read_alike() =>
        Gen.Select(Gen.Int[0, 65535], Gen.ULong, Gen.Long, Gen.Int, Gen.Int, Gen.Int, Gen.Int, Gen.ULong)
            .Sample(
                (from, job, sequence, generation, slice, offset, length, checksum) =>
                {
                    var header = new FrameHeader(
                        FrameKind.Sum,
                        from,
                        job,
                        sequence,
                        generation,
                        slice,
                        new(offset, length),
                        offset,
                        length,
                        checksum
                    );
                    var bytes = new byte[FrameHeader.Size];
                    header.Write(bytes);
                    Assert.Null(FrameHeader.TryRead(bytes, out var read));
                    Assert.Equal(header, read);
                }
            );

    // The same by definition: lane by lane, without vectors.
    private static ulong PlainChecksum(byte[] bytes)
    {
        const uint odd = 0x9E3779B1;
        const ulong odd64 = 0x9E3779B185EBCA87;
        var lanes = Enumerable.Range(0, 8).Select(i => Enumerable.Repeat((uint)(i + 1), 16).ToArray()).ToArray();
        var at = 0;
        for (; bytes.Length - at >= 512; at += 512)
        {
            for (var i = 0; i < 8; i++)
                lanes[i] = Step(lanes[i], Words(at + (64 * i)));
        }
        var folded = Step(
            Step(Step(lanes[0], lanes[1]), Step(lanes[2], lanes[3])),
            Step(Step(lanes[4], lanes[5]), Step(lanes[6], lanes[7]))
        );
        for (; at < bytes.Length; at += 64)
            folded = Step(folded, Words(at));
        var half = Step(folded[..8], folded[8..]);
        var quarter = Step(half[..4], half[4..]);
        var first = quarter[0] | ((ulong)quarter[1] << 32);
        var second = quarter[2] | ((ulong)quarter[3] << 32);
        var hash = unchecked((((ulong)bytes.Length * odd64) ^ first) * odd64);
        hash = unchecked((hash ^ (hash >> 29) ^ second) * odd64);
        return hash ^ (hash >> 32);

        uint[] Words(int start)
        {
            var block = new byte[64];
            bytes.AsSpan(start, Math.Min(64, bytes.Length - start)).CopyTo(block);
            return MemoryMarshal.Cast<byte, uint>(block).ToArray();
        }

        static uint[] Step(uint[] lanes, uint[] words) =>
            [.. lanes.Zip(words, (l, w) => unchecked((uint.RotateLeft(l, 13) ^ w) * odd))];
    }
}
