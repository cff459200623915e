namespace Neptune.Formats;

/// <summary>Files that belong to a model of several: they lie in its folder, and no symbolic link leads out of it.</summary>
internal static class ConfinedFile
{
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
        var root = Path.TrimEndingDirectorySeparator(OnnxExternalFile.RealPath(Path.GetFullPath(folder), ref links));
        var real = OnnxExternalFile.RealPath(Path.GetFullPath(path), ref links);
        if (!real.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new ModelFileException(
                $"{path} leads out of the model's folder, by its name or by a symbolic link. Put the file itself there."
            );
        }
    }
}
