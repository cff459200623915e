namespace Neptune.Formats;

/// <summary>Files that belong to a model of several: they lie in its folder, and no symbolic link leads out of it.</summary>
internal static class ConfinedFile
{
    private const int LinkLimit = 40;

    /// <summary>Passes where a file of a model exists, and lies in the model's folder.</summary>
    /// <exception cref="ModelFileException">It is missing, or a symbolic link leads out of the folder.</exception>
    public static void Require(string path, string folder)
    {
        if (!File.Exists(path))
        {
            throw new ModelFileException(
                $"{path} is missing. It belongs to the model; put it beside the model's other files."
            );
        }
        var links = 0;
        var root = Path.TrimEndingDirectorySeparator(RealPath(Path.GetFullPath(folder), ref links));
        var real = RealPath(Path.GetFullPath(path), ref links);
        if (!real.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new ModelFileException(
                $"{path} leads out of the model's folder, by its name or by a symbolic link. Put the file itself there."
            );
        }
    }

    /// <summary>The path with every link on the way followed, so that what is opened later has none.</summary>
    /// <exception cref="IOException">There are too many links.</exception>
    public static string RealPath(string path, ref int links)
    {
        var root = Path.GetPathRoot(path)!;
        var real = root;
        foreach (
            var segment in path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)
        )
        {
            var next = Path.Combine(real, segment);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }
            links++;
            real =
                links <= LinkLimit
                    ? RealPath(Path.GetFullPath(target, real), ref links)
                    : throw new IOException($"more than {LinkLimit} symbolic links lead to it");
        }
        return real;
    }
}
