namespace Neptune.Data;

/// <summary>Refuses manifests that contradict themselves: they may come from anywhere.</summary>
internal static class ManifestCheck
{
    public static void Check(DatasetManifest manifest)
    {
        if (manifest.FormatVersion != DatasetManifest.CurrentFormatVersion)
        {
            throw new DatasetException(
                $"Data set '{manifest.Name}' has manifest format {manifest.FormatVersion}, this version of Neptune "
                    + $"reads {DatasetManifest.CurrentFormatVersion}. Update Neptune, or import the data set again."
            );
        }
        FeatureCount(manifest.FeatureShape);
        if (!float.IsFinite(manifest.Scale) || manifest.Scale == 0)
            throw Wrong(manifest, "scale", $"is {manifest.Scale}, must be finite and not 0");
        if (manifest.TargetWidth < 0 || manifest.TargetWidth > 1 << 20)
            throw Wrong(manifest, "targetWidth", $"is {manifest.TargetWidth}, must be 0 to {1 << 20}");
        if (manifest.TargetWidth == 0 && manifest.Labels.Count < 2)
            throw Wrong(manifest, "labels", "must name at least two classes where targetWidth is 0");
        if (manifest.TargetWidth > 0 && manifest.Labels.Count > 0)
            throw Wrong(manifest, "labels", "must be empty where targetWidth is not 0");
        if (manifest.Splits.Count == 0)
            throw Wrong(manifest, "splits", "is empty");
        if (manifest.Splits.Select(s => s.Name).Distinct().Count() != manifest.Splits.Count)
            throw Wrong(manifest, "splits", "names one twice");
        foreach (var split in manifest.Splits)
            Check(manifest, split);
    }

    /// <summary>The product of a feature shape's dimensions.</summary>
    public static int FeatureCount(IReadOnlyList<long> shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            if (size < 1 || size > Dataset.MaxFeatures || (count *= size) > Dataset.MaxFeatures)
            {
                throw new DatasetException(
                    $"featureShape is [{string.Join(", ", shape)}]. Sizes must be at least 1, "
                        + $"and their product at most {Dataset.MaxFeatures}."
                );
            }
        }
        return (int)count;
    }

    private static void Check(DatasetManifest manifest, SplitManifest split)
    {
        var field = $"splits.{split.Name}";
        if (split.ClassCounts.Count != manifest.Labels.Count)
            throw Wrong(manifest, field, $"counts {split.ClassCounts.Count} classes of {manifest.Labels.Count}");
        if (split.ClassCounts.Count > 0 && split.ClassCounts.Sum() != split.Count)
            throw Wrong(manifest, field, $"has {split.Count} samples, but its classes have {split.ClassCounts.Sum()}");
        var next = 0L;
        for (var i = 0; i < split.Chunks.Count; i++)
        {
            var chunk = split.Chunks[i];
            if (chunk.First != next || chunk.Count < 1)
                throw Wrong(manifest, field, $"has a chunk of {chunk.Count} at {chunk.First} where {next} comes next");
            if (
                i > 0
                && (
                    i < split.Chunks.Count - 1
                        ? chunk.Count != split.Chunks[0].Count
                        : chunk.Count > split.Chunks[0].Count
                )
            )
                throw Wrong(manifest, field, "has chunks of different sizes before the last");
            if (
                chunk.Sha256.Length != 64
                || !chunk.Sha256.All(c => char.IsAsciiHexDigitLower(c) || char.IsAsciiDigit(c))
            )
                throw Wrong(manifest, field, $"names a chunk '{chunk.Sha256}', which is no SHA-256");
            next += chunk.Count;
        }
        if (next != split.Count)
            throw Wrong(manifest, field, $"has {split.Count} samples, but its chunks have {next}");
    }

    private static DatasetException Wrong(DatasetManifest manifest, string field, string what) =>
        new($"The manifest of data set '{manifest.Name}' is wrong: {field} {what}. Import the data set again.");
}
