using System.Buffers.Binary;
using System.IO.Compression;

namespace Neptune.Data.Tests;

public class IdxTests
{
    private const string TrainImages = "train-images-idx3-ubyte";
    private const string TrainLabels = "train-labels-idx1-ubyte";
    private const string TestImages = "t10k-images-idx3-ubyte";
    private const string TestLabels = "t10k-labels-idx1-ubyte";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Given_idx_files_when_imported_then_pixels_and_labels_are_theirs(bool gzip)
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, bytes) in Files())
            folder.Write(gzip ? name + ".gz" : name, gzip ? Gzip(bytes) : bytes);
        var store = new MemoryChunkStore();
        var manifest = await DatasetImport.IdxAsync(folder.Path, "small", MnistFetch.Provenance, store, Token);
        Assert.Equal([2, 3, 1], manifest.FeatureShape);
        Assert.Equal(["0", "1", "2"], manifest.Labels);
        Assert.Equal([1, 1, 2], manifest.Split(Dataset.Train).ClassCounts);
        var test = await Dataset.OpenAsync(manifest, Dataset.Test, store, Token);
        var features = new float[12];
        test.ReadFeatures([1, 0], features);
        Assert.Equal([6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5], features.Select(f => (int)MathF.Round(f * 255)));
        var classes = new long[2];
        test.ReadClasses([0, 1], classes);
        Assert.Equal([2, 0], classes);
    }

    [Fact]
    public async Task Given_a_file_and_its_gzipped_copy_when_imported_then_either_will_do()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, bytes) in Files())
        {
            folder.Write(name, bytes);
            folder.Write(name + ".gz", Gzip(bytes));
        }
        var manifest = await DatasetImport.IdxAsync(
            folder.Path,
            "s",
            Provenance.Unknown,
            new MemoryChunkStore(),
            Token
        );
        Assert.Equal(4, manifest.Split(Dataset.Train).Count);
    }

    public static TheoryData<string, string, string> Damages() =>
        new()
        {
            { TrainImages, "cut", "values, which are 24 bytes, but it ends after 18" },
            { TrainLabels, "cut", "values, which are 4 bytes, but it ends after" },
            { TestLabels, "longer", "but it has more" },
            { TestImages, "longer", "but it has more" },
            { TestImages, "magic", "begins with 50000803, but an IDX file" },
            { TrainLabels, "empty", "begins with , but an IDX file" },
            { TrainLabels, "header", "ends within its header" },
            { TrainImages, "huge", "dimension 1 has 16777216 values" },
            { TrainImages, "gzip", "is a damaged gzip file" },
            { TestLabels, "missing", "There is no file t10k-labels-idx1-ubyte" },
            { TestLabels, "other", "has 2 images, but" },
            { TestImages, "size", "has images of 3 x 2, but" },
        };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Given_a_damaged_file_when_imported_then_the_message_names_it_and_what_is_wrong(
        string file,
        string damage,
        string message
    )
    {
        var files = Files();
        var bytes = files[file];
        switch (damage)
        {
            case "missing":
                files.Remove(file);
                break;
            case "other":
                files[file] = Idx([3], [1, 2, 0]);
                break;
            case "size":
                files[file] = Idx([2, 3, 2], new byte[12]);
                break;
            default:
                files[file] = damage switch
                {
                    "cut" => bytes[..^(bytes.Length > 12 ? 6 : 2)],
                    "longer" => [.. bytes, 0],
                    "magic" => [(byte)'P', .. bytes[1..]],
                    "empty" => [],
                    "header" => bytes[..6],
                    "huge" => [.. bytes[..8], 1, 0, 0, 0, .. bytes[12..]],
                    "gzip" => [0x1F, 0x8B, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9],
                    _ => throw new ArgumentException(damage),
                };
                break;
        }
        var streams = files.Select(f => new NamedStream(f.Key, () => new MemoryStream(f.Value)));
        var error = await Assert.ThrowsAsync<DatasetException>(() =>
            DatasetImport.IdxAsync(streams, "bad", Provenance.Unknown, new MemoryChunkStore(), Token)
        );
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        if (damage is not ("missing" or "other"))
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_labels_of_one_class_when_imported_then_it_is_refused()
    {
        var files = Files();
        files[TrainLabels] = Idx([4], new byte[4]);
        files[TestLabels] = Idx([2], new byte[2]);
        var streams = files.Select(f => new NamedStream(f.Key, () => new MemoryStream(f.Value)));
        var error = await Assert.ThrowsAsync<DatasetException>(() =>
            DatasetImport.IdxAsync(streams, "bad", Provenance.Unknown, new MemoryChunkStore(), Token)
        );
        Assert.Contains("at least two classes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_no_folder_when_imported_then_it_is_named()
    {
        var error = await Assert.ThrowsAsync<DatasetException>(() =>
            DatasetImport.IdxAsync("/no/such", "bad", Provenance.Unknown, new MemoryChunkStore(), Token)
        );
        Assert.Contains("/no/such", error.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Dictionary<string, byte[]> Files() =>
        new()
        {
            [TrainImages] = Idx([4, 2, 3], [.. Enumerable.Range(100, 24).Select(i => (byte)i)]),
            [TrainLabels] = Idx([4], [2, 1, 0, 2]),
            [TestImages] = Idx([2, 2, 3], [.. Enumerable.Range(0, 12).Select(i => (byte)i)]),
            [TestLabels] = Idx([2], [2, 0]),
        };

    private static byte[] Idx(int[] sizes, byte[] values)
    {
        var header = new byte[4 + (4 * sizes.Length)];
        header[2] = 8;
        header[3] = (byte)sizes.Length;
        for (var i = 0; i < sizes.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * i)), sizes[i]);
        return [.. header, .. values];
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionMode.Compress))
            gzip.Write(bytes);
        return stream.ToArray();
    }
}
