using System.Collections.Concurrent;

namespace Neptune.Data.Tests;

public sealed class StreamingTests
{
    private const int Width = 1 << 18; // a sample of 1 MiB, so four fill a chunk

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Given_a_split_too_large_to_check_whole_when_samples_are_read_then_only_their_chunks_are_opened()
    {
        var store = new CountingStore();
        var (manifest, features) = await ImportAsync(store);
        var source = await Dataset.OpenAsync(manifest, Dataset.Train, store, checkedAtOnceBytes: 0, Token);
        Assert.Empty(store.Opened);

        var read = new float[Width];
        source.ReadFeatures([5], read);

        Assert.Equal(features[(5 * Width)..(6 * Width)], read);
        Assert.Equal(
            manifest
                .Split(Dataset.Train)
                .Chunks.Where(c => c.First <= 5 && 5 < c.First + c.Count)
                .Select(c => c.Sha256),
            store.Opened
        );
    }

    [Fact]
    public async Task Given_samples_foreseen_when_they_are_read_then_their_chunks_were_opened_once()
    {
        var store = new CountingStore();
        var (manifest, _) = await ImportAsync(store);
        var source = await Dataset.OpenAsync(manifest, Dataset.Train, store, checkedAtOnceBytes: 0, Token);
        var all = Enumerable.Range(0, (int)source.Count).Select(i => (long)i).ToArray();
        source.Prefetch(all);
        source.Prefetch(all);

        source.ReadFeatures(all, new float[all.Length * Width]);

        Assert.Equal(manifest.Split(Dataset.Train).Chunks.Select(c => c.Sha256).Order(), store.Opened.Order());
    }

    [Fact]
    public async Task Given_a_chunk_that_cannot_be_had_when_it_is_read_then_the_error_names_it_and_later_reads_try_again()
    {
        var store = new CountingStore();
        var (manifest, _) = await ImportAsync(store);
        var source = await Dataset.OpenAsync(manifest, Dataset.Train, store, checkedAtOnceBytes: 0, Token);
        var lost = manifest.Split(Dataset.Train).Chunks[0].Sha256;
        store.Memory.Chunks.TryRemove(lost, out var bytes);

        var error = Assert.Throws<InvalidDataException>(() => source.ReadFeatures([0], new float[Width]));
        Assert.Contains(lost, error.Message, StringComparison.Ordinal);

        store.Memory.Chunks[lost] = bytes!;
        source.ReadFeatures([0], new float[Width]);
    }

    private static async Task<(DatasetManifest Manifest, float[] Features)> ImportAsync(IChunkStore store)
    {
        var features = new float[9 * Width];
        for (var i = 0; i < features.Length; i += 1000)
        {
            features[i] = i;
        }
        var manifest = await DatasetImport.ArraysAsync(
            new ArrayDataset
            {
                Name = "large",
                FeatureShape = [Width],
                Labels = ["a", "b"],
                Splits =
                [
                    new ArraySplit(Dataset.Train, features) { Classes = new long[] { 0, 1, 0, 1, 0, 1, 0, 1, 0 } },
                ],
            },
            store,
            Token
        );
        return (manifest, features);
    }

    private sealed class CountingStore : IChunkStore
    {
        public MemoryChunkStore Memory { get; } = new();

        public ConcurrentQueue<string> Opened { get; } = [];

        public Task<string> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
            Memory.WriteAsync(bytes, cancellation);

        public Task<Chunk> OpenAsync(string sha256, CancellationToken cancellation)
        {
            Opened.Enqueue(sha256);
            return Memory.OpenAsync(sha256, cancellation);
        }
    }
}
