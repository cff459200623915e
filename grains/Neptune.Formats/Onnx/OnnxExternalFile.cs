namespace Neptune.Formats;

/// <summary>
/// Reads tensors whose elements are in a file beside the model. The model says which file, and is not trusted: no path
/// leads out of its folder, neither by its words nor by a symbolic link.
/// </summary>
internal static class OnnxExternalFile
{
    /// <summary>The elements of a tensor; only they are read.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="place">Where they are.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="size">How many bytes the tensor's shape asks for.</param>
    public static ReadOnlyMemory<byte> Read(OnnxTensor tensor, OnnxExternalData place, string folder, long size)
    {
        var path = Resolve(tensor, place.Location, folder);
        if (place.Length is { } length && length != size)
        {
            throw Error(
                tensor,
                place,
                $"should take {size} bytes by its shape, and {length} by its place. The file is damaged."
            );
        }
        try
        {
            using var file = File.OpenHandle(path);
            var fileSize = RandomAccess.GetLength(file);
            if (place.Offset > fileSize || size > fileSize - place.Offset)
            {
                throw Error(
                    tensor,
                    place,
                    $"should take {size} bytes from byte {place.Offset}, and the file has {fileSize}. It is cut off."
                );
            }
            var bytes = new byte[size];
            for (var done = 0; done < bytes.Length; )
            {
                var read = RandomAccess.Read(file, bytes.AsSpan(done), place.Offset + done);
                done += read > 0 ? read : throw Error(tensor, place, "was cut off while it was read.");
            }
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException(Error(tensor, place, $"cannot be read: {e.Message}").Message, e);
        }
    }

    private static string Resolve(OnnxTensor tensor, string location, string folder)
    {
        var segments = location.Replace('\\', '/').Split('/');
        if (
            location.Contains('\0', StringComparison.Ordinal)
            || segments[0].Length == 0
            || segments[0].Contains(':', StringComparison.Ordinal)
            || segments.Contains("..")
        )
        {
            throw tensor.Message.Error(
                $"{tensor.Title} has its elements in \"{location.Replace('\0', '?')}\", which leads out of "
                    + "the model's folder. Only files in that folder are read."
            );
        }
        try
        {
            var links = 0;
            var root = ConfinedFile.RealPath(Path.GetFullPath(folder), ref links);
            var path = ConfinedFile.RealPath(Path.GetFullPath(Path.Combine([root, .. segments])), ref links);
            return path.StartsWith(
                Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar,
                StringComparison.Ordinal
            )
                ? path
                : throw tensor.Message.Error(
                    $"{tensor.Title} has its elements in {location}, and a symbolic link there leads out of the "
                        + "model's folder. Put the file itself there."
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw tensor.Message.Error(
                $"{tensor.Title} has its elements in {location}, which cannot be read: {e.Message}"
            );
        }
    }

    private static ModelFileException Error(OnnxTensor tensor, OnnxExternalData place, string problem) =>
        tensor.Message.Error($"{tensor.Title} in file {place.Location} {problem}");
}
