using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Neptune.ModelGraph;

/// <summary>
/// The SHA-256 by which optimizers' states are compared. Hashed are, for each entry in the order of names, the name's
/// length and UTF-8 bytes, then the elements' bytes (C order, little endian).
/// </summary>
public static class OptimizerHash
{
    /// <summary>The hash of an optimizer's state, in lower-case hex.</summary>
    public static string Of(ImmutableSortedDictionary<string, TensorValue> state)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var (name, value) in state.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            sha.AppendData(length);
            sha.AppendData(bytes);
            sha.AppendData(value.Bytes.Span);
        }
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
