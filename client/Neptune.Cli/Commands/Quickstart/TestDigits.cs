using System.Collections.Concurrent;
using System.Security.Cryptography;
using Neptune.Data;

namespace Neptune.Cli.Commands;

/// <summary>The first samples of the digits' test split, read from Neptune.Data itself.</summary>
internal sealed record TestDigits(
    IReadOnlyList<float[]> Raw,
    IReadOnlyList<float[]> Scaled,
    IReadOnlyList<string> Truths
)
{
    public const int Side = 8;

    public static async Task<TestDigits> ReadAsync(int count, CancellationToken cancellation)
    {
        var store = new Chunks();
        var manifest = await DatasetImport.DigitsAsync(store, cancellation);
        var source = await Dataset.OpenAsync(manifest, Dataset.Test, store, cancellation);
        long[] numbers = [.. Enumerable.Range(0, count)];
        var features = new float[count * manifest.FeatureCount];
        var classes = new long[count];
        source.ReadFeatures(numbers, features);
        source.ReadClasses(numbers, classes);
        var scaled = features.Chunk(manifest.FeatureCount).ToArray();
        return new(
            [.. scaled.Select(sample => sample.Select(value => value / source.Scale).ToArray())],
            scaled,
            [.. classes.Select(c => source.Labels[(int)c])]
        );
    }

    /// <summary>Chunks in memory.</summary>
    private sealed class Chunks : IChunkStore
    {
        private readonly ConcurrentDictionary<string, byte[]> _chunks = new(StringComparer.Ordinal);

        public Task<string> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            var name = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
            _chunks[name] = bytes.ToArray();
            return Task.FromResult(name);
        }

        public Task<Chunk> OpenAsync(string sha256, CancellationToken cancellation) =>
            Task.FromResult(Chunk.Of(_chunks[sha256]));
    }
}
