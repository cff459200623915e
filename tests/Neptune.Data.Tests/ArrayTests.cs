namespace Neptune.Data.Tests;

public class ArrayTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly ArrayDataset Small = new()
    {
        Name = "small",
        FeatureShape = [2],
        Splits = [new ArraySplit("train", new float[] { 1, 2, 3, 4, 5, 6 }) { Classes = new long[] { 0, 1, 1 } }],
    };

    [Fact]
    public async Task Given_any_arrays_when_stored_and_read_then_they_are_the_same() =>
        await (
            from count in Gen.Int[1, 40]
            from width in Gen.Int[0, 3]
            from features in Gen.Float[-1e6f, 1e6f].Array[count * 3]
            from classes in Gen.Long[0, 4].Array[count]
            from targets in Gen.Float[-1e6f, 1e6f].Array[count * width]
            from picks in Gen.Int[0, count - 1].Array[0, 50]
            select (count, width, features, classes, targets, picks)
        ).SampleAsync(
            async c =>
            {
                var store = new MemoryChunkStore();
                var manifest = await DatasetImport.ArraysAsync(
                    new ArrayDataset
                    {
                        Name = "any",
                        FeatureShape = [1, 3],
                        TargetWidth = c.width,
                        Labels = c.width > 0 ? [] : ["a", "b", "c", "d", "e"],
                        Splits = [new ArraySplit("train", c.features) { Classes = c.classes, Targets = c.targets }],
                    },
                    store,
                    Token
                );
                var source = await Dataset.OpenAsync(
                    DatasetManifest.FromJson(manifest.ToJson()),
                    "train",
                    store,
                    Token
                );
                Check(source, c.picks.Select(p => (long)p), c.picks);
                Check(
                    new Subset(source, [.. c.picks]),
                    Enumerable.Range(0, c.picks.Length).Select(p => (long)p),
                    c.picks
                );

                void Check(ISampleSource read, IEnumerable<long> samples, int[] expected)
                {
                    long[] numbers = [.. samples];
                    var features = new float[numbers.Length * 3];
                    read.ReadFeatures(numbers, features);
                    Assert.Equal(expected.SelectMany(p => c.features[(p * 3)..((p * 3) + 3)]), features);
                    if (c.width == 0)
                    {
                        var classes = new long[numbers.Length];
                        read.ReadClasses(numbers, classes);
                        Assert.Equal(expected.Select(p => c.classes[p]), classes);
                        return;
                    }
                    var targets = new float[numbers.Length * c.width];
                    read.ReadTargets(numbers, targets);
                    Assert.Equal(expected.SelectMany(p => c.targets[(p * c.width)..((p + 1) * c.width)]), targets);
                }
            },
            iter: 60
        );

    [Fact]
    public async Task Given_more_samples_than_a_chunk_holds_when_stored_then_there_are_several_and_all_are_read()
    {
        const int count = 2500;
        const int each = 1024;
        var features = Enumerable.Range(0, count * each).Select(i => (float)(i / each)).ToArray();
        var store = new MemoryChunkStore();
        var manifest = await DatasetImport.ArraysAsync(
            new ArrayDataset
            {
                Name = "long",
                FeatureShape = [each],
                Splits =
                [
                    new ArraySplit("train", features)
                    {
                        Classes = Enumerable.Range(0, count).Select(i => i % 7L).ToArray(),
                    },
                ],
            },
            store,
            Token
        );
        var chunks = manifest.Split("train").Chunks;
        Assert.Equal(3, chunks.Count);
        Assert.All(store.Chunks.Values, c => Assert.InRange(c.Length, 1, 4 << 20));
        var source = await Dataset.OpenAsync(manifest, "train", store, Token);
        var read = new float[each * 2];
        var classes = new long[2];
        foreach (var sample in new long[] { 0, chunks[1].First - 1, chunks[1].First, chunks[2].First, count - 1 })
        {
            source.ReadFeatures([sample, 0], read);
            source.ReadClasses([sample, 0], classes);
            Assert.Equal(sample, read[each - 1]);
            Assert.Equal(0, read[each]);
            Assert.Equal(sample % 7, classes[0]);
        }
    }

    [Fact]
    public async Task Given_several_threads_when_they_read_then_each_has_its_samples()
    {
        var store = new MemoryChunkStore();
        var manifest = await DatasetImport.DigitsAsync(store, Token);
        var source = await Dataset.OpenAsync(manifest, Dataset.Train, store, Token);
        var expected = new float[64 * 1438];
        source.ReadFeatures(EpochOrder.Permutation(0, 0, 1438, shuffle: false), expected);
        Parallel.For(
            0,
            200,
            i =>
            {
                var read = new float[64];
                source.ReadFeatures([i], read);
                Assert.Equal(expected[(i * 64)..((i + 1) * 64)], read);
            }
        );
    }

    public static TheoryData<string, string> Mistakes() =>
        new()
        {
            { "features", "features have 5 values, which is no multiple of the 2 of a sample" },
            { "classes", "there are 3 samples, but 2 classes" },
            { "range", "sample 1 has class 3, but classes are 0 to 2" },
            { "negative", "sample 2 has class -1, but classes are 0 to" },
            { "nan", "features of sample 1 hold NaN at place 0" },
            { "infinite", "targets of sample 2 hold" },
            { "targets", "3 samples with 2 target values each need 6, but there are 3" },
            { "one", "one class only" },
            { "none", "has no splits" },
            { "twice", "the name occurs twice" },
            { "shape", "featureShape is [0]" },
            { "hugeShape", "featureShape is [1000000, 1000000]" },
        };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Given_a_mistake_in_the_arrays_when_stored_then_the_message_says_where(
        string mistake,
        string message
    )
    {
        var split = Small.Splits[0];
        var arrays = mistake switch
        {
            "features" => With(split with { Features = new float[5] }),
            "classes" => With(split with { Classes = new long[2] }),
            "range" => With(split with { Classes = new long[] { 0, 3, 1 } }) with { Labels = ["a", "b", "c"] },
            "negative" => With(split with { Classes = new long[] { 0, 1, -1 } }),
            "nan" => With(split with { Features = new float[] { 1, 2, float.NaN, 4, 5, 6 } }),
            "infinite" => With(split with { Targets = new[] { 0, 0, float.PositiveInfinity } }) with
            {
                TargetWidth = 1,
            },
            "targets" => With(split with { Targets = new float[3] }) with { TargetWidth = 2 },
            "one" => With(split with { Classes = new long[3] }),
            "none" => Small with { Splits = [] },
            "twice" => Small with { Splits = [split, split] },
            "shape" => Small with { FeatureShape = [0] },
            "hugeShape" => Small with { FeatureShape = [1_000_000, 1_000_000] },
            _ => throw new ArgumentException(mistake),
        };
        var error = await Assert.ThrowsAsync<DatasetException>(() =>
            DatasetImport.ArraysAsync(arrays, new MemoryChunkStore(), Token)
        );
        Assert.Contains(message, error.Message, StringComparison.Ordinal);

        static ArrayDataset With(ArraySplit changed) => Small with { Splits = [changed] };
    }

    [Fact]
    public async Task Given_wrong_calls_when_reading_then_they_are_refused()
    {
        var store = new MemoryChunkStore();
        var source = await Dataset.OpenAsync(
            await DatasetImport.ArraysAsync(Small, store, Token),
            "train",
            store,
            Token
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => source.ReadFeatures([3], new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.ReadClasses([-1], new long[1]));
        Assert.Throws<ArgumentException>(() => source.ReadFeatures([0], new float[3]));
        Assert.Throws<InvalidOperationException>(() => source.ReadTargets([0], new float[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Subset(source, [3]));
    }
}
