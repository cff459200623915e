using System.Security.Cryptography;
using System.Text;

namespace Neptune.Client;

/// <summary>The SHA-256 by which an imported model's files are known.</summary>
internal static class ModelFileHash
{
    /// <summary>
    /// Of a file alone, that of its bytes. Of a folder, or of a file with its weights beside it, that of a line for each
    /// file: its hash and its path in the folder, sorted by path.
    /// </summary>
    public static async Task<string> OfAsync(string path, string? weights, CancellationToken cancellation)
    {
        if (!Directory.Exists(path) && weights is null)
        {
            return await OfFileAsync(path, cancellation);
        }
        var files = Directory.Exists(path)
            ? Directory
                .EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Select(file => (Path: file, Name: Path.GetRelativePath(path, file).Replace('\\', '/')))
            : [(path, Path.GetFileName(path)), (weights!, Path.GetFileName(weights!))];
        var lines = new StringBuilder();
        foreach (var (file, name) in files.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            lines.Append(await OfFileAsync(file, cancellation)).Append("  ").Append(name).Append('\n');
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())));
    }

    private static async Task<string> OfFileAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
    }
}
