using System.Globalization;
using System.IO.Compression;

namespace Neptune.Data;

/// <summary>Reads the digits that lie in this assembly.</summary>
internal static class DigitsImport
{
    private const string Resource = "digits.csv.gz";
    private const int PixelCount = 64;
    private const int SampleCount = 1797;
    private const long TestSeed = 1797;

    private static readonly Provenance Origin = new(
        "Optical Recognition of Handwritten Digits (its test part), E. Alpaydin and C. Kaynak, UCI Machine Learning "
            + "Repository, https://doi.org/10.24432/C50P49",
        "CC BY 4.0"
    );

    public static async Task<DatasetManifest> ImportAsync(IChunkStore store, CancellationToken cancellation)
    {
        string[] labels = [.. Enumerable.Range(0, 10).Select(d => d.ToString(CultureInfo.InvariantCulture))];
        var writer = new DatasetWriter(store, [8, 8, 1], ElementType.UInt8, labels, 0);
        var test = HoldOut.Split(SampleCount, 0.2, TestSeed).HeldOut.ToHashSet();

        await using var packed =
            typeof(DigitsImport).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing from this build.");
        await using var csv = new GZipStream(packed, CompressionMode.Decompress);
        using var reader = new StreamReader(csv);
        await reader.ReadLineAsync(cancellation).ConfigureAwait(false);
        var pixels = new byte[PixelCount];
        for (var sample = 0L; await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line; sample++)
        {
            var values = line.Split(',');
            for (var i = 0; i < PixelCount; i++)
                pixels[i] = byte.Parse(values[i], CultureInfo.InvariantCulture);
            var label = int.Parse(values[PixelCount], CultureInfo.InvariantCulture);
            var split = test.Contains(sample) ? Dataset.Test : Dataset.Train;
            await writer.AddAsync(split, pixels, label, cancellation).ConfigureAwait(false);
        }
        return await writer.FinishAsync("digits", 1f / 16, Origin, cancellation).ConfigureAwait(false);
    }
}
