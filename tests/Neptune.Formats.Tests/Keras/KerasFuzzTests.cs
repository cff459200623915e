using System.Diagnostics;
using System.IO.Compression;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>
/// Files altered at random are imported or refused: in little time, with memory in proportion to their length.
/// <c>NEPTUNE_FUZZ</c> says how many.
/// </summary>
public sealed class KerasFuzzTests
{
    private const int Mutations = 400;
    private const long BytesPerByte = 300; // a byte of JSON may name a layer, which costs records and names
    private const long BytesAtLeast = 32 << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("files", "lstm_backwards.h5")]
    [InlineData("files", "nested_sequential.h5")]
    [InlineData("files", "batchnorm_image.h5")]
    [InlineData("files", "shared.keras")]
    [InlineData("files", "bidirectional_gru.keras")]
    [InlineData("layers", "excite.json")]
    [InlineData("layers", "time_distributed_conv.json")]
    [InlineData("hdf5", "latest.h5")]
    [InlineData("hdf5", "earliest.h5")]
    public void Given_an_altered_file_when_imported_then_it_is_a_valid_graph_or_is_refused(
        string folder,
        string file
    ) => Fuzz(folder, file);

    // With right checksums, alterations reach what stands behind them.
    [Theory]
    [InlineData("attention.keras", "config.json")]
    [InlineData("attention.keras", "model.weights.h5")]
    [InlineData("gru_reset_after.keras", "config.json")]
    [InlineData("separable.keras", "model.weights.h5")]
    public void Given_an_altered_entry_when_imported_then_it_is_a_valid_graph_or_is_refused(
        string file,
        string entry
    ) => Fuzz("files", file, entry);

    private static void Fuzz(string folder, string file, string? entry = null)
    {
        var path = Path.Combine(KerasChecks.Folder, folder);
        var whole = File.ReadAllBytes(Path.Combine(path, file));
        var entries = entry is null ? [] : Entries(whole);
        var original = entry is null ? whole : entries[entry];
        var count = int.TryParse(Environment.GetEnvironmentVariable("NEPTUNE_FUZZ"), out var asked) ? asked : Mutations;
        var random = new KeyedRandom(KeyedRandom.Key(17, $"{file} {entry}"));
        var refused = 0;
        for (var i = 0; i < count; i++)
        {
            var altered = Mutated(original, ref random);
            var bytes = entry is null ? altered : Pack(entries, entry, altered);
            refused += IsRefused(bytes, file, path, $"mutation {i}") ? 1 : 0;
        }
        Assert.True(refused > 0);
    }

    private static bool IsRefused(byte[] bytes, string file, string folder, string what)
    {
        var (before, began) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        var isRefused = false;
        try
        {
            using var stream = new MemoryStream(bytes);
            if (file.EndsWith("est.h5", StringComparison.Ordinal))
            {
                ReadAll(Hdf5Object.Open(stream, file), 20);
            }
            else
            {
                GraphValidation.Check(KerasFormat.Import(stream, file, folder, new()).Graph);
            }
        }
        catch (ModelFileException e)
        {
            Assert.StartsWith(file, e.Message, StringComparison.Ordinal);
            isRefused = true;
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}");
        }
        Assert.True(Stopwatch.GetElapsedTime(began) < Longest, $"{what} took {Stopwatch.GetElapsedTime(began)}");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < BytesAtLeast + (BytesPerByte * bytes.Length), $"{what} took {allocated} bytes");
        return isRefused;
    }

    private static void ReadAll(Hdf5Object item, int depth)
    {
        if (item.IsDataset)
        {
            if (
                !item.Path.EndsWith("chunks", StringComparison.Ordinal)
                && !item.Path.EndsWith("gzip", StringComparison.Ordinal)
            )
            {
                item.Tensor().Read();
            }
            return;
        }
        _ = item.Text("number");
        foreach (var name in item.Names.Take(depth))
        {
            ReadAll(item.Find(name)!, depth - 1);
        }
    }

    private static byte[] Mutated(byte[] whole, ref KeyedRandom random)
    {
        var bytes = (byte[])whole.Clone();
        var length = bytes.Length;
        for (var changes = 1 + random.NextBelow(4); changes > 0; changes--)
        {
            var at = (int)random.NextBelow(length);
            switch (random.NextBelow(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << (int)random.NextBelow(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.NextBelow(256);
                    break;
                case 2:
                    // Another number of the same length keeps the file's structure: a length, an address, an axis.
                    bytes[at] = (byte)(bytes[at] + random.NextBelow(7) - 3);
                    break;
                case 3:
                    bytes.AsSpan(at, Math.Min(8, length - at)).Fill((byte)(random.NextBelow(3) * 0x7F));
                    break;
                case 4:
                    var from = (int)random.NextBelow(length);
                    var count = (int)Math.Min(random.NextBelow(40), Math.Min(length - at, length - from));
                    bytes.AsSpan(from, count).CopyTo(bytes.AsSpan(at));
                    break;
                default:
                    length = random.NextBelow(10) == 0 ? Math.Max(1, at) : length;
                    break;
            }
        }
        return bytes[..length];
    }

    private static Dictionary<string, byte[]> Entries(byte[] file)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        return zip.Entries.ToDictionary(
            entry => entry.FullName,
            entry =>
            {
                using var content = new MemoryStream();
                using var plain = entry.Open();
                plain.CopyTo(content);
                return content.ToArray();
            }
        );
    }

    private static byte[] Pack(Dictionary<string, byte[]> entries, string changed, byte[] content)
    {
        using var target = new MemoryStream();
        using (var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                using var stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                stream.Write(name == changed ? content : bytes);
            }
        }
        return target.ToArray();
    }
}
