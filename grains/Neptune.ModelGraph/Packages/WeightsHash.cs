using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Neptune.ModelGraph;

/// <summary>
/// The SHA-256 by which trained weights are compared. Hashed are, for each parameter and buffer in the graph's order,
/// the name's length and UTF-8 bytes, then the elements' bytes (C order, little endian).
/// </summary>
public static class WeightsHash
{
    /// <summary>The hash of the weights of <paramref name="graph"/>, in lower-case hex.</summary>
    public static string Of(Graph graph, IReadOnlyDictionary<string, TensorValue> weights) =>
        Of(graph, parameter => weights[parameter.Name].Bytes.Span);

    /// <summary>The same over weights that lie elsewhere, without a copy.</summary>
    public static string Of(Graph graph, Func<Parameter, ReadOnlySpan<byte>> bytesOf)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var parameter in graph.Parameters)
        {
            var name = Encoding.UTF8.GetBytes(parameter.Name);
            BinaryPrimitives.WriteInt32LittleEndian(length, name.Length);
            sha.AppendData(length);
            sha.AppendData(name);
            sha.AppendData(bytesOf(parameter));
        }
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
