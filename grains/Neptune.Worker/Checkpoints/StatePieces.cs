using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Neptune.Contracts;

namespace Neptune.Worker;

/// <summary>
/// How a state is cut into files. A vector of float32 is cut into pieces of 1 MiB, little-endian, of which the last may
/// be shorter. A piece's file is one line of text that names the job, and the piece's bytes; its name is the SHA-256 of
/// the file.
/// </summary>
/// <remarks>
/// Through that line no two jobs share a file, even where their weights are equal: a job's pieces can be removed
/// without asking any other job.
/// </remarks>
internal static class StatePieces
{
    /// <summary>The values of a piece.</summary>
    public const int Floats = (1 << 20) / sizeof(float);

    /// <summary>The pieces of a vector.</summary>
    public static long CountOf(int length) => ((long)length + Floats - 1) / Floats;

    /// <summary>What a piece's file begins with.</summary>
    public static byte[] HeaderOf(JobId job) => Encoding.UTF8.GetBytes($"neptune-checkpoint-piece/1 {job}\n");

    /// <summary>The name of a piece's file.</summary>
    public static string NameOf(ReadOnlySpan<byte> header, ReadOnlySpan<byte> piece)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        hash.AppendData(piece);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>
    /// A whole state's digest: XxHash3 over the XxHash3 values of all its pieces in order, as little-endian int64.
    /// </summary>
    public static string DigestOf(IEnumerable<ulong> pieces)
    {
        var all = new XxHash3();
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        foreach (var piece in pieces)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, piece);
            all.Append(bytes);
        }
        return all.GetCurrentHashAsUInt64().ToString("x16");
    }
}
