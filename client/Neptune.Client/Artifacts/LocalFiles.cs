using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>Reads files of the user's machine.</summary>
internal static class LocalFiles
{
    /// <summary>The path with a leading <c>~</c> replaced by the user's home.</summary>
    public static string Expand(string path) =>
        path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[1..])
            : path;

    /// <summary>The whole file.</summary>
    /// <exception cref="InvalidInputException">It is not there or cannot be read.</exception>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllBytesAsync(Expand(path), cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"The file '{path}' cannot be read: {error.Message}", error);
        }
    }
}
