namespace Neptune.Data;

/// <summary>Decodes images into a data set, one at a time.</summary>
internal static class ImageFolderImporter
{
    public static async Task<ImageFolderImport> ImportAsync(
        IEnumerable<ImageFile> files,
        ImageFolderOptions options,
        IChunkStore store,
        CancellationToken cancellation
    )
    {
        ImageDecoder.CheckSize(options.Height, options.Width, options.Channels);
        var sorted = files
            .OrderBy(f => f.Split, StringComparer.Ordinal)
            .ThenBy(f => f.Label, StringComparer.Ordinal)
            .ThenBy(f => f.Name, StringComparer.Ordinal)
            .ToList();
        var labels = sorted.Select(f => f.Label).Distinct().Order(StringComparer.Ordinal).ToList();
        CheckNames(sorted, labels, options.Name);

        var skipped = new List<SkippedFile>();
        var writer = new DatasetWriter(
            store,
            [options.Height, options.Width, options.Channels],
            ElementType.UInt8,
            labels,
            0
        );
        foreach (var folder in sorted.GroupBy(f => (f.Split, f.Label)))
        {
            var label = labels.BinarySearch(folder.Key.Label, StringComparer.Ordinal);
            var readable = 0;
            foreach (var file in folder)
            {
                if (await DecodeAsync(file, options, skipped, cancellation).ConfigureAwait(false) is not { } pixels)
                    continue;
                await writer.AddAsync(file.Split, pixels, label, cancellation).ConfigureAwait(false);
                readable++;
            }
            if (readable == 0)
                throw EmptyClass(
                    folder.Key.Label,
                    folder.Key.Split,
                    $"First file left out: {skipped[^folder.Count()].Name}: {skipped[^folder.Count()].Reason}"
                );
        }
        var manifest = await writer
            .FinishAsync(options.Name, 1f / 255, options.Provenance, cancellation)
            .ConfigureAwait(false);
        return new ImageFolderImport(manifest, skipped);
    }

    public static DatasetException EmptyClass(string label, string split, string detail) =>
        new(
            $"Class '{label}' (split '{split}') has no readable images. {detail} "
                + "Add PNG, JPEG, BMP or WebP images to its folder, or remove the folder."
        );

    private static void CheckNames(List<ImageFile> sorted, List<string> labels, string name)
    {
        if (labels.Count < 2)
        {
            throw new DatasetException(
                labels.Count == 0
                    ? $"Data set '{name}' has no images. Put the images of each class into a folder with its name."
                    : $"Data set '{name}' has one class only, '{labels[0]}'. A classifier needs at least two: "
                        + "put the images of each class into a folder with its name."
            );
        }
        for (var i = 1; i < sorted.Count; i++)
        {
            var (one, other) = (sorted[i - 1], sorted[i]);
            if ((one.Split, one.Label, one.Name) == (other.Split, other.Label, other.Name))
                throw new DatasetException($"Image '{one.Name}' is given twice. Give each file once.");
        }
        var trained = sorted.Where(f => f.Split == Dataset.Train).Select(f => f.Label).ToHashSet();
        if (trained.Count > 0 && labels.FirstOrDefault(l => !trained.Contains(l)) is { } missing)
        {
            throw new DatasetException(
                $"Class '{missing}' occurs in another split, but not in 'train'. "
                    + "Add images of it to 'train', or remove it from the other split."
            );
        }
    }

    private static async Task<byte[]?> DecodeAsync(
        ImageFile file,
        ImageFolderOptions options,
        List<SkippedFile> skipped,
        CancellationToken cancellation
    )
    {
        if (!ImageFolder.Extensions.Contains(Path.GetExtension(file.Name), StringComparer.OrdinalIgnoreCase))
        {
            skipped.Add(new SkippedFile(file.Name, "Its name does not end as that of a PNG, JPEG, BMP or WebP image."));
            return null;
        }
        try
        {
            await using var stream = file.Open();
            var bytes = await BoundedRead
                .ToEndAsync(
                    stream,
                    ImageDecoder.MaxFileBytes,
                    () =>
                        new DatasetException(
                            $"Image '{file.Name}' is larger than {ImageDecoder.MaxFileBytes >> 20} MiB. Use a smaller image."
                        ),
                    cancellation
                )
                .ConfigureAwait(false);
            return ImageDecoder.Decode(bytes.Span, file.Name, options.Height, options.Width, options.Channels);
        }
        catch (DatasetException e) when (!options.StopAtUnreadable)
        {
            skipped.Add(new SkippedFile(file.Name, e.Message));
            return null;
        }
    }
}
