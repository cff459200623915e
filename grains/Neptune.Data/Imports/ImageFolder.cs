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
        var folders = Folders(path);
        if (folders.Count == 0)
        {
            throw new DatasetException(
                $"'{path}' holds no folders. Put the images of each class into a folder with the class's name."
            );
        }
        var splits = folders.Where(f => SplitOf(f) is not null && Folders(f).Count > 0).ToList();
        var others = folders.Except(splits).ToList();
        if (others.Count > 0 && splits.Any(f => SplitOf(f) == Dataset.Train))
        {
            throw new DatasetException(
                $"'{path}' holds a folder 'train' with classes, and beside it '{Path.GetFileName(others[0])}', which is "
                    + "no split. Move it into 'train', or away."
            );
        }
        return
        [
            .. splits.SelectMany(split => Folders(split).SelectMany(f => Files(path, SplitOf(split)!, f))),
            .. others.SelectMany(f => Files(path, Dataset.Train, f)),
        ];
    }

    private static string? SplitOf(string folder) =>
        Path.GetFileName(folder).ToLowerInvariant() switch
        {
            "train" => Dataset.Train,
            "test" => Dataset.Test,
            "validation" or "val" => Dataset.Validation,
            _ => null,
        };

    private static IEnumerable<ImageFile> Files(string root, string split, string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true };
        var files = Directory
            .EnumerateFiles(folder, "*", options)
            .Where(f => !IsHidden(root, f))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (files.Count == 0)
            throw ImageFolderImporter.EmptyClass(Path.GetFileName(folder), split, $"The folder '{folder}' is empty.");
        return files.Select(f => new ImageFile(
            split,
            Path.GetFileName(folder),
            Path.GetRelativePath(root, f).Replace(Path.DirectorySeparatorChar, '/'),
            () => File.OpenRead(f)
        ));
    }

    private static List<string> Folders(string path) =>
        [.. Directory.EnumerateDirectories(path).Where(f => !IsHidden(path, f)).Order(StringComparer.Ordinal)];

    private static bool IsHidden(string root, string path) =>
        Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith('.'));
}
