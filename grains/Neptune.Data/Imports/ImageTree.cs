namespace Neptune.Data;

/// <summary>Reads classes and splits from the paths below an image folder.</summary>
public static class ImageTree
{
    private static readonly Dictionary<string, string> SplitNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = Dataset.Train,
        ["test"] = Dataset.Test,
        ["validation"] = Dataset.Validation,
        ["val"] = Dataset.Validation,
    };

    /// <summary>
    /// Gives each file its split and class. A folder is a class; a folder called train, test, validation or val that
    /// holds folders is a split of classes, and may stand beside classes, which then are the train split.
    /// </summary>
    /// <exception cref="DatasetException">There are no classes, one is empty, or splits and classes are mixed up.</exception>
    public static IReadOnlyList<ImageFile> Assign(IReadOnlyList<ImageTreeEntry> entries)
    {
        var paths = entries
            .Select(e => (entry: e, parts: e.Path.Split('/', StringSplitOptions.RemoveEmptyEntries)))
            .Where(e => e.parts.Length > 0 && !e.parts.Any(part => part.StartsWith('.')))
            .OrderBy(e => e.entry.Path, StringComparer.Ordinal)
            .ToList();
        var splits = paths
            .Where(p => SplitNames.ContainsKey(p.parts[0]) && p.parts.Length > (p.entry.Open is null ? 1 : 2))
            .Select(p => p.parts[0])
            .ToHashSet(StringComparer.Ordinal);
        var classes = new SortedDictionary<string, (string Split, string Label, List<ImageFile> Files)>(
            StringComparer.Ordinal
        );
        foreach (var (entry, parts) in paths)
        {
            var depth = splits.Contains(parts[0]) ? 1 : 0;
            if (parts.Length <= depth + (entry.Open is null ? 0 : 1))
            {
                continue; // a split's own folder, or a file that is in no class's folder
            }
            var split = depth == 1 ? SplitNames[parts[0]] : Dataset.Train;
            var folder = string.Join('/', parts[..(depth + 1)]);
            if (!classes.TryGetValue(folder, out var found))
            {
                classes[folder] = found = (split, parts[depth], []);
            }
            if (entry.Open is { } open)
            {
                found.Files.Add(new(split, parts[depth], entry.Path, open));
            }
        }
        Check(classes, splits);
        return [.. classes.Values.SelectMany(c => c.Files)];
    }

    private static void Check(
        SortedDictionary<string, (string Split, string Label, List<ImageFile> Files)> classes,
        HashSet<string> splits
    )
    {
        if (classes.Count == 0)
        {
            throw new DatasetException(
                "The folder holds no folders. Put the images of each class into a folder with the class's name."
            );
        }
        var beside = classes.Keys.FirstOrDefault(folder => !folder.Contains('/', StringComparison.Ordinal));
        if (beside is not null && splits.Any(s => SplitNames[s] == Dataset.Train))
        {
            throw new DatasetException(
                $"The folder holds a folder 'train' with classes, and beside it '{beside}', which is no split. "
                    + "Move it into 'train', or away."
            );
        }
        foreach (var (folder, found) in classes)
        {
            if (found.Files.Count == 0)
            {
                throw ImageFolderImporter.EmptyClass(found.Label, found.Split, $"The folder '{folder}' is empty.");
            }
        }
    }
}
