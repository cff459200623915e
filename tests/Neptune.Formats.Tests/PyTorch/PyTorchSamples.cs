using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>The files that PyTorch wrote: small ones beside the tests, greater ones in the shared folder.</summary>
internal static class PyTorchSamples
{
    private static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "fixtures", "pytorch");

    public static string Fixture(string name) => Path.Combine(Fixtures, name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(Fixture(name));

    /// <summary>A file of the shared folder; skips the test where there is none.</summary>
    public static string Shared(string name) => SharedFiles.Path("models", "pytorch", name);

    /// <summary>All tensors of a file by name.</summary>
    public static ImmutableSortedDictionary<string, TensorValue> Tensors(string path)
    {
        using var stream = File.OpenRead(path);
        return StateDict
            .Find(PyTorchWeights.Open(stream, Path.GetFileName(path)))
            .Tensors.ToImmutableSortedDictionary(t => t.Name, t => t.Read(), StringComparer.Ordinal);
    }

    /// <summary>One hash over all names and elements, to compare with what PyTorch reads from the same file.</summary>
    public static string Sha256(ImmutableSortedDictionary<string, TensorValue> tensors)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, tensor) in tensors)
        {
            sha.AppendData(Encoding.UTF8.GetBytes(name + "\0"));
            sha.AppendData(tensor.Bytes.Span);
        }
        return Convert.ToHexStringLower(sha.GetCurrentHash());
    }

    /// <summary>The float32 values of a NumPy file.</summary>
    public static float[] Npy(string path) => NpyFile.Read(path).Floats.ToArray();
}
