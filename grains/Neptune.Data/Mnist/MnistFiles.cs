using System.Security.Cryptography;

namespace Neptune.Data;

/// <summary>The four files of MNIST, known by their SHA-256.</summary>
internal static class MnistFiles
{
    /// <summary>More than the largest of them has.</summary>
    public const int MaxBytes = 64 << 20;

    public static IReadOnlyDictionary<string, string> Sha256 { get; } =
        new Dictionary<string, string>
        {
            ["train-images-idx3-ubyte"] = "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            ["train-labels-idx1-ubyte"] = "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            ["t10k-images-idx3-ubyte"] = "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            ["t10k-labels-idx1-ubyte"] = "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        };

    public static bool IsPresent(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path) && Matches(file, File.ReadAllBytes(path));
    }

    /// <summary>Puts a file in place, whole or not at all.</summary>
    /// <exception cref="DatasetException">These are other bytes; the message names where they come from.</exception>
    public static void Place(string folder, string file, ReadOnlySpan<byte> bytes, string origin)
    {
        if (!Matches(file, bytes))
        {
            throw new DatasetException(
                $"{origin} has another SHA-256 than MNIST's {file}: it is damaged, or another data set."
            );
        }
        var path = Path.Combine(folder, file);
        var temporary = path + ".part";
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, path, overwrite: true);
    }

    private static bool Matches(string file, ReadOnlySpan<byte> bytes) =>
        Convert.ToHexStringLower(SHA256.HashData(bytes)) == Sha256[file];
}
