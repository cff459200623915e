using System.Buffers.Binary;
using System.IO.Hashing;

namespace Neptune.Collectives;

/// <summary>
/// What stands before each payload, 64 bytes, little-endian: magic (4), kind (1), version (1), from (2), job (8),
/// sequence (8), generation (4), slice (4), node low (4), node high (4), offset (4), length (4), payload checksum (8),
/// XXH3 of the 56 bytes before (8).
/// </summary>
/// <param name="Kind">What the payload is.</param>
/// <param name="From">The sender's rank.</param>
/// <param name="Job">A hash of the job's id.</param>
/// <param name="Sequence">The number of all-reduces the group has begun.</param>
/// <param name="Generation">The group's generation.</param>
/// <param name="Slice">The rank whose slice the values are of; -1 where the vector is not sliced.</param>
/// <param name="Node">The tree node whose sum it is.</param>
/// <param name="Offset">The first value's place in the vector.</param>
/// <param name="Length">Bytes of the payload.</param>
/// <param name="PayloadChecksum">Of the payload.</param>
internal readonly record struct FrameHeader(
    FrameKind Kind,
    int From,
    ulong Job,
    long Sequence,
    int Generation,
    int Slice,
    TreeNode Node,
    int Offset,
    int Length,
    ulong PayloadChecksum
)
{
    public const int Size = 64;
    public const int WholeVector = -1;
    private const uint Magic = 0x46_54_50_4E; // "NPTF"
    private const byte Version = 1;

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        target[4] = (byte)Kind;
        target[5] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(target[6..], (ushort)From);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], Job);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(target[24..], Generation);
        BinaryPrimitives.WriteInt32LittleEndian(target[28..], Slice);
        BinaryPrimitives.WriteInt32LittleEndian(target[32..], Node.Low);
        BinaryPrimitives.WriteInt32LittleEndian(target[36..], Node.High);
        BinaryPrimitives.WriteInt32LittleEndian(target[40..], Offset);
        BinaryPrimitives.WriteInt32LittleEndian(target[44..], Length);
        BinaryPrimitives.WriteUInt64LittleEndian(target[48..], PayloadChecksum);
        BinaryPrimitives.WriteUInt64LittleEndian(target[56..], XxHash3.HashToUInt64(target[..56]));
    }

    /// <summary>Reads a header; gives why it is none, or null.</summary>
    public static LinkRefusal? TryRead(ReadOnlySpan<byte> source, out FrameHeader header)
    {
        header = default;
        if (BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic || source[5] != Version)
            return LinkRefusal.FrameMagic;
        if (BinaryPrimitives.ReadUInt64LittleEndian(source[56..]) != XxHash3.HashToUInt64(source[..56]))
            return LinkRefusal.FrameHeaderChecksum;
        header = new(
            (FrameKind)source[4],
            BinaryPrimitives.ReadUInt16LittleEndian(source[6..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[28..]),
            new(
                BinaryPrimitives.ReadInt32LittleEndian(source[32..]),
                BinaryPrimitives.ReadInt32LittleEndian(source[36..])
            ),
            BinaryPrimitives.ReadInt32LittleEndian(source[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[44..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[48..])
        );
        return null;
    }
}
