using System.IO.Hashing;

namespace Neptune.Collectives;

/// <summary>The checksum of a frame's payload and header.</summary>
internal static class FrameChecksum
{
    public static ulong Of(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes);
}
