using System.Globalization;

namespace Neptune.Data;

/// <summary>Pairs MNIST's files and reads them: labels first, as they say how many classes there are.</summary>
internal static class IdxImport
{
    private static readonly (string Split, string Images, string Labels)[] Pairs =
    [
        (Dataset.Train, "train-images", "train-labels"),
        (Dataset.Test, "t10k-images", "t10k-labels"),
    ];

    public static IEnumerable<NamedStream> Enumerate(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DatasetException($"There is no folder '{folder}'. Give the folder that holds the IDX files.");
        return Directory
            .EnumerateFiles(folder)
            .Order(StringComparer.Ordinal)
            .Select(path => new NamedStream(path, () => File.OpenRead(path)));
    }

    public static async Task<DatasetManifest> ImportAsync(
        IEnumerable<NamedStream> files,
        string name,
        Provenance provenance,
        IChunkStore store,
        CancellationToken cancellation
    )
    {
        var found = files.ToList();
        var pairs = Pairs
            .Select(pair => (pair.Split, Images: Find(found, pair.Images), Labels: Find(found, pair.Labels)))
            .ToList();
        var labels = new List<byte[]>();
        foreach (var pair in pairs)
            labels.Add(await ReadLabelsAsync(pair.Labels, cancellation).ConfigureAwait(false));
        var classes = labels.Max(l => l.Max()) + 1;
        if (classes < 2)
        {
            throw new DatasetException(
                $"All labels in '{pairs[0].Labels.Name}' are 0. A classifier needs at least two classes."
            );
        }

        DatasetWriter? writer = null;
        (int, int) size = default;
        for (var i = 0; i < pairs.Count; i++)
        {
            using var images = IdxFile.Open(pairs[i].Images, dimensions: 3);
            if (images.Sizes[0] != labels[i].Length)
            {
                throw new DatasetException(
                    $"'{images.Name}' has {images.Sizes[0]} images, but '{pairs[i].Labels.Name}' has {labels[i].Length} "
                        + "labels. Take both files from one data set."
                );
            }
            if (writer is null)
            {
                size = (images.Sizes[1], images.Sizes[2]);
                string[] names =
                [
                    .. Enumerable.Range(0, classes).Select(c => c.ToString(CultureInfo.InvariantCulture)),
                ];
                writer = new DatasetWriter(store, [size.Item1, size.Item2, 1], ElementType.UInt8, names, 0);
            }
            else if (size != (images.Sizes[1], images.Sizes[2]))
            {
                throw new DatasetException(
                    $"'{images.Name}' has images of {images.Sizes[1]} x {images.Sizes[2]}, but '{pairs[0].Images.Name}' "
                        + $"has {size.Item1} x {size.Item2}. Take both files from one data set."
                );
            }
            var pixels = new byte[size.Item1 * size.Item2];
            foreach (var label in labels[i])
            {
                await images.ReadAsync(pixels, cancellation).ConfigureAwait(false);
                await writer.AddAsync(pairs[i].Split, pixels, label, cancellation).ConfigureAwait(false);
            }
            await images.EndAsync(cancellation).ConfigureAwait(false);
        }
        return await writer!.FinishAsync(name, 1f / 255, provenance, cancellation).ConfigureAwait(false);
    }

    private static NamedStream Find(List<NamedStream> files, string prefix)
    {
        var found = files
            .Where(f => Path.GetFileName(f.Name).StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .ToList();
        return found.Count switch
        {
            0 => throw new DatasetException(
                $"There is no file {prefix}-idx{(prefix.EndsWith("images", StringComparison.Ordinal) ? 3 : 1)}-ubyte "
                    + "(or .gz). An IDX data set has four files: train-images-idx3-ubyte, train-labels-idx1-ubyte, "
                    + "t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte."
            ),
            // A file and its gzipped copy hold the same: the plain one is quicker.
            2 when found.Any(f => IsGzipName(f.Name)) && found.Any(f => !IsGzipName(f.Name)) => found.First(f =>
                !IsGzipName(f.Name)
            ),
            1 => found[0],
            _ => throw new DatasetException(
                $"Several files begin with {prefix}: {string.Join(", ", found.Select(f => f.Name))}. Keep one."
            ),
        };
    }

    private static bool IsGzipName(string name) => name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static async Task<byte[]> ReadLabelsAsync(NamedStream file, CancellationToken cancellation)
    {
        using var idx = IdxFile.Open(file, dimensions: 1);
        // The header's count is not trusted with memory: labels are gathered as they come.
        var labels = new List<byte>();
        var buffer = new byte[Math.Min(idx.Sizes[0], 1 << 16)];
        for (var left = idx.Sizes[0]; left > 0; )
        {
            var part = buffer.AsMemory(0, Math.Min(left, buffer.Length));
            await idx.ReadAsync(part, cancellation).ConfigureAwait(false);
            labels.AddRange(part.Span);
            left -= part.Length;
        }
        await idx.EndAsync(cancellation).ConfigureAwait(false);
        return [.. labels];
    }
}
