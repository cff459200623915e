namespace Neptune.Data.Tests;

public class DigitsTests
{
    private static readonly long[] KnownCounts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180];

    [Fact]
    public async Task Given_the_digits_when_imported_then_the_known_samples_are_all_there()
    {
        var store = new MemoryChunkStore();
        var manifest = await DatasetImport.DigitsAsync(store, TestContext.Current.CancellationToken);
        Assert.Equal([8, 8, 1], manifest.FeatureShape);
        Assert.Equal(1f / 16, manifest.Scale);
        Assert.Equal(ElementType.UInt8, manifest.ElementType);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], manifest.Labels);
        Assert.Equal(359, manifest.Split(Dataset.Test).Count);
        Assert.Equal(1438, manifest.Split(Dataset.Train).Count);
        Assert.Equal("CC BY 4.0", manifest.Provenance.Licence);
        Assert.Equal(
            KnownCounts,
            manifest.Split(Dataset.Train).ClassCounts.Zip(manifest.Split(Dataset.Test).ClassCounts, (a, b) => a + b)
        );
    }

    [Fact]
    public async Task Given_the_digits_when_read_then_pixels_and_classes_are_those_of_the_file()
    {
        var store = new MemoryChunkStore();
        var manifest = await DatasetImport.DigitsAsync(store, TestContext.Current.CancellationToken);
        var (train, _) = HoldOut.Split(1797, 0.2, 1797);
        var source = await Dataset.OpenAsync(manifest, Dataset.Train, store, TestContext.Current.CancellationToken);
        var place = Array.IndexOf(train, 0L);
        // The first row of the file, if it was not held out; its pixels sum up to 294 sixteenths and show a 0.
        Assert.Equal(0, place);
        var features = new float[64];
        source.ReadFeatures([0], features);
        Assert.Equal(294f / 16, features.Sum());
        Assert.Equal([0, 0, 5, 13, 9, 1, 0, 0], features.Take(8).Select(f => (int)(f * 16)));
        var classes = new long[1];
        source.ReadClasses([0], classes);
        Assert.Equal(0, classes[0]);
    }

    [Fact]
    public async Task Given_the_digits_when_imported_twice_then_the_identity_is_the_same()
    {
        var one = await DatasetImport.DigitsAsync(new MemoryChunkStore(), TestContext.Current.CancellationToken);
        var other = await DatasetImport.DigitsAsync(new MemoryChunkStore(), TestContext.Current.CancellationToken);
        Assert.Equal(one.Sha256, other.Sha256);
        Assert.Equal(one.Sha256, DatasetManifest.FromJson(one.ToJson()).Sha256);
    }
}
