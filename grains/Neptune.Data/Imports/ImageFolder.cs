namespace Neptune.Data;

/// <summary>Lists the files of image folders.</summary>
public static class ImageFolder
{
    /// <summary>What the names of images end with.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".bmp", ".webp"];

    /// <summary>
    /// Lists a folder that holds a folder for each class. Where it holds folders <c>train</c>, <c>test</c> or
    /// <c>validation</c> (<c>val</c>) with class folders in them, those are splits; class folders beside a <c>test</c> or
    /// <c>validation</c> split belong to <c>train</c>. Images may lie deeper; hidden files and folders are left out.
    /// </summary>
    /// <exception cref="DatasetException">There is no such folder, it holds no class folders, or one is empty.</exception>
    public static IReadOnlyList<ImageFile> Enumerate(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new DatasetException(
                File.Exists(path)
                    ? $"'{path}' is a file. Give the folder that holds a folder for each class."
                    : $"There is no folder '{path}'. Give the folder that holds a folder for each class."
            );
        }
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.System };
        string Relative(string entry) => Path.GetRelativePath(path, entry).Replace(Path.DirectorySeparatorChar, '/');
        var entries = new List<ImageTreeEntry>();
        entries.AddRange(
            Directory.EnumerateDirectories(path, "*", options).Select(d => new ImageTreeEntry(Relative(d) + "/", null))
        );
        entries.AddRange(
            Directory
                .EnumerateFiles(path, "*", options)
                .Select(f => new ImageTreeEntry(Relative(f), () => File.OpenRead(f)))
        );
        return ImageTree.Assign(entries);
    }
}
