using System.Globalization;

namespace Neptune.Data;

/// <summary>Stores arrays as a data set.</summary>
internal static class ArrayImport
{
    private const long MaxClasses = 1 << 20;

    public static async Task<DatasetManifest> ImportAsync(
        ArrayDataset arrays,
        IChunkStore store,
        CancellationToken cancellation
    )
    {
        var featureCount = ManifestCheck.FeatureCount(arrays.FeatureShape);
        if (arrays.Splits.Count == 0)
            throw new DatasetException($"Data set '{arrays.Name}' has no splits. Give at least 'train'.");
        foreach (var split in arrays.Splits)
            Check(arrays, split, featureCount);
        var labels = arrays.TargetWidth > 0 ? [] : LabelsOf(arrays);

        var writer = new DatasetWriter(store, arrays.FeatureShape, ElementType.Float32, labels, arrays.TargetWidth);
        var bytes = new byte[featureCount * sizeof(float)];
        foreach (var split in arrays.Splits)
        {
            for (var i = 0; i < split.Features.Length / featureCount; i++)
            {
                LittleEndian.Write(split.Features.Span.Slice(i * featureCount, featureCount), bytes);
                var added =
                    arrays.TargetWidth == 0
                        ? writer.AddAsync(split.Name, bytes, (int)split.Classes.Span[i], cancellation)
                        : writer.AddAsync(
                            split.Name,
                            bytes,
                            split.Targets.Span.Slice(i * arrays.TargetWidth, arrays.TargetWidth),
                            cancellation
                        );
                await added.ConfigureAwait(false);
            }
        }
        return await writer.FinishAsync(arrays.Name, 1f, arrays.Provenance, cancellation).ConfigureAwait(false);
    }

    private static void Check(ArrayDataset arrays, ArraySplit split, int featureCount)
    {
        if (split.Features.Length == 0 || split.Features.Length % featureCount != 0)
        {
            throw Wrong(
                split,
                $"features have {split.Features.Length} values, which is no multiple of the {featureCount} of a sample"
            );
        }
        if (arrays.Splits.Count(s => s.Name == split.Name) > 1)
            throw Wrong(split, "the name occurs twice");
        var count = split.Features.Length / featureCount;
        if (arrays.TargetWidth == 0 && split.Classes.Length != count)
            throw Wrong(split, $"there are {count} samples, but {split.Classes.Length} classes");
        if (arrays.TargetWidth > 0 && split.Targets.Length != (long)count * arrays.TargetWidth)
        {
            throw Wrong(
                split,
                $"{count} samples with {arrays.TargetWidth} target values each need {(long)count * arrays.TargetWidth}, "
                    + $"but there are {split.Targets.Length}"
            );
        }
        CheckFinite(split, "features", split.Features.Span, featureCount);
        if (arrays.TargetWidth > 0)
            CheckFinite(split, "targets", split.Targets.Span, arrays.TargetWidth);
    }

    private static void CheckFinite(ArraySplit split, string field, ReadOnlySpan<float> values, int each)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new DatasetException(
                    $"Split '{split.Name}': {field} of sample {i / each} hold {values[i]} at place {i % each}. "
                        + "Use finite numbers: fill gaps in, or leave the sample out."
                );
            }
        }
    }

    private static IReadOnlyList<string> LabelsOf(ArrayDataset arrays)
    {
        var highest = -1L;
        var limit = arrays.Labels.Count > 0 ? arrays.Labels.Count : MaxClasses;
        foreach (var split in arrays.Splits)
        {
            var classes = split.Classes.Span;
            for (var i = 0; i < classes.Length; i++)
            {
                if (classes[i] < 0 || classes[i] >= limit)
                {
                    throw Wrong(split, $"sample {i} has class {classes[i]}, but classes are 0 to {limit - 1}");
                }
                highest = Math.Max(highest, classes[i]);
            }
        }
        IReadOnlyList<string> labels =
            arrays.Labels.Count > 0
                ? arrays.Labels
                : [.. Enumerable.Range(0, (int)highest + 1).Select(c => c.ToString(CultureInfo.InvariantCulture))];
        if (labels.Count < 2)
        {
            throw new DatasetException(
                $"Data set '{arrays.Name}' has one class only. A classifier needs at least two; "
                    + "for a regression set TargetWidth and give Targets."
            );
        }
        return labels;
    }

    private static DatasetException Wrong(ArraySplit split, string what) =>
        new($"Split '{split.Name}': {what}. Correct the arrays.");
}
