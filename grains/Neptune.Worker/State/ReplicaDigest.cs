using System.IO.Hashing;
using System.Runtime.InteropServices;
using Neptune.Contracts;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>
/// A fast hash of a replica's whole state with its version, as numbers that an exchange carries exactly: replicas of one
/// version must have equal ones.
/// </summary>
internal static class ReplicaDigest
{
    /// <summary>How many numbers.</summary>
    public const int Length = 10;

    /// <summary>How many of them say the version.</summary>
    public const int VersionLength = 6;

    private const int BitsOfNumber = 16; // far below the 24 that a float holds exactly

    /// <summary>Hashes.</summary>
    public static float[] Of(Replica replica, TrainingVersion version)
    {
        var hash = new XxHash3();
        Span<long> counts = [version.Step, version.Epoch, replica.OptimizerStep];
        hash.Append(MemoryMarshal.AsBytes(counts));
        foreach (var vector in replica.State)
        {
            hash.Append(MemoryMarshal.AsBytes(vector.Span));
        }
        var numbers = new float[Length];
        OfVersion(version).CopyTo(numbers, 0);
        Split(hash.GetCurrentHashAsUInt64(), numbers.AsSpan(VersionLength, 4));
        return numbers;
    }

    /// <summary>The version alone.</summary>
    public static float[] OfVersion(TrainingVersion version)
    {
        var numbers = new float[VersionLength];
        Split((ulong)version.Step, numbers.AsSpan(0, 4));
        Split((ulong)version.Epoch, numbers.AsSpan(4, 2));
        return numbers;
    }

    /// <summary>True where all ranks are at the same step and epoch.</summary>
    public static bool AreOfOneVersion(ReadOnlySpan<float> all)
    {
        for (var start = Length; start < all.Length; start += Length)
        {
            if (!all.Slice(start, VersionLength).SequenceEqual(all[..VersionLength]))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The ranks whose digest differs from that of most; none where all are equal, null where no digest has a majority.</summary>
    public static IReadOnlyList<int>? OddOnes(ReadOnlySpan<float> all)
    {
        var ranks = all.Length / Length;
        var texts = new string[ranks];
        for (var rank = 0; rank < ranks; rank++)
        {
            texts[rank] = Convert.ToHexString(MemoryMarshal.AsBytes(all.Slice(rank * Length, Length)));
        }
        return Majority.OddOnes(texts);
    }

    private static void Split(ulong value, Span<float> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (value >> (i * BitsOfNumber)) & ((1 << BitsOfNumber) - 1);
        }
    }
}
