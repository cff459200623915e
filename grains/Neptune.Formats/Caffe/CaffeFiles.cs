using System.Text;

namespace Neptune.Formats;

/// <summary>Reads Caffe's files, and finds those that others name.</summary>
internal static class CaffeFiles
{
    private const int LongestText = 256 << 20;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>A file of layers or of a solver, as text.</summary>
    /// <exception cref="ModelFileException">It cannot be read, or is too long.</exception>
    public static string ReadText(string path)
    {
        var bytes = ReadBytes(path);
        if (bytes.Length > LongestText)
        {
            throw new ModelFileException(
                $"{Path.GetFileName(path)}: it has {bytes.Length >> 20} MB, and texts of up to {LongestText >> 20} MB are read."
            );
        }
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            // Comments in any language's own encoding: names and numbers are ASCII.
            return Encoding.Latin1.GetString(bytes);
        }
    }

    /// <summary>A binary file.</summary>
    /// <exception cref="ModelFileException">It cannot be read, or is of another kind.</exception>
    public static byte[] ReadBytes(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            if (length > Array.MaxLength)
            {
                throw new ModelFileException(
                    $"{Path.GetFileName(path)}: it has {length} bytes. Up to {Array.MaxLength} are read."
                );
            }
            var bytes = GC.AllocateUninitializedArray<byte>((int)length);
            for (var done = 0; done < bytes.Length; )
            {
                var read = RandomAccess.Read(file, bytes.AsSpan(done), done);
                done +=
                    read > 0
                        ? read
                        : throw new ModelFileException($"{Path.GetFileName(path)}: it was cut off while it was read.");
            }
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"The file '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// The file that another names. Its path is relative to where Caffe was started, which nobody knows: it is looked for
    /// in the other's folder by its whole path, then by ever less of it. Nothing outside that folder is read.
    /// </summary>
    /// <param name="folder">The folder of the file that names it.</param>
    /// <param name="named">The path that it names.</param>
    /// <param name="place">Where it names it.</param>
    /// <exception cref="ModelFileException">There is none.</exception>
    public static string Find(string folder, string named, CaffePlace place)
    {
        var segments = named.Replace('\\', '/').Split('/');
        if (
            named.Contains('\0', StringComparison.Ordinal)
            || segments[0].Length == 0
            || segments.Contains("..")
            || segments[0].Contains(':', StringComparison.Ordinal)
        )
        {
            throw place.Error(
                $"\"{named.Replace('\0', '?')}\" leads out of the file's folder. Put it there, and name it without folders."
            );
        }
        try
        {
            var links = 0;
            var root = ConfinedFile.RealPath(Path.GetFullPath(folder), ref links);
            for (var first = 0; first < segments.Length; first++)
            {
                var path = Path.GetFullPath(Path.Combine([root, .. segments[first..]]));
                if (!File.Exists(path))
                {
                    continue;
                }
                var real = ConfinedFile.RealPath(path, ref links);
                return real.StartsWith(
                    Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar,
                    StringComparison.Ordinal
                )
                    ? real
                    : throw place.Error(
                        $"\"{named}\" is a symbolic link that leads out of the file's folder. Put the file itself there."
                    );
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw place.Error($"\"{named}\" cannot be read: {e.Message}");
        }
        throw place.Error($"\"{named}\" is not in the file's folder. Put it there.");
    }
}
