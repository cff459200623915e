using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Neptune.ModelGraph;
using static Neptune.Formats.Tests.PyTorchSamples;

namespace Neptune.Formats.Tests;

/// <summary>
/// Files altered at random are read or refused: in little time, with memory in proportion to their length. <c>NEPTUNE_FUZZ</c>
/// says how many of each; by default some hundred.
/// </summary>
public sealed class PyTorchFuzzTests
{
    private static readonly int Mutations = int.TryParse(
        Environment.GetEnvironmentVariable("NEPTUNE_FUZZ"),
        out var asked
    )
        ? asked
        : 600;

    // Longer than any of these files takes, and far shorter than a hang.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static readonly Graph Onto = PyTorchWeightsTests.MlpBn();

    [Theory]
    [InlineData("kinds.pt")]
    [InlineData("kinds.protocol4.pt")]
    [InlineData("kinds.legacy.pt")]
    [InlineData("checkpoint.pt")]
    [InlineData("mlp_bn.traced.pt")]
    public void Given_an_altered_file_when_read_then_it_succeeds_or_is_refused(string file) =>
        Fuzz(Bytes(file), bytes => bytes, Open);

    // With right checksums, alterations reach what stands behind them.
    [Theory]
    [InlineData("kinds.pt")]
    [InlineData("kinds.protocol4.pt")]
    [InlineData("checkpoint.pt")]
    [InlineData("mlp_bn.checkpoint.pt")]
    [InlineData("mlp_bn.traced.pt")]
    public void Given_an_altered_pickle_in_a_whole_file_when_read_then_it_succeeds_or_is_refused(string file)
    {
        var entries = Entries(Bytes(file));
        var pickle = entries.Keys.Single(name => name.EndsWith("/data.pkl", StringComparison.Ordinal));
        Fuzz(entries[pickle], bytes => Pack(entries, pickle, bytes), Open);
    }

    [Theory]
    [InlineData("ops0.scripted.pt", "/code/__torch__.py")]
    [InlineData("ops0.scripted.pt", "/batchnorm.py")]
    [InlineData("ops1.traced.pt", "/code/__torch__/___torch_mangle_41.py")]
    [InlineData("ops1.traced.pt", "/data.pkl")]
    public void Given_altered_code_in_a_whole_file_when_imported_then_it_succeeds_or_is_refused(string file, string end)
    {
        var entries = Entries(Bytes(file));
        var code = entries.Keys.First(name => name.EndsWith(end, StringComparison.Ordinal));
        Fuzz(
            entries[code],
            bytes => Pack(entries, code, bytes),
            bytes =>
            {
                using var stream = new MemoryStream(bytes);
                PyTorchWeights.Import(stream, "x.pt", new() { InputShape = Shape.Of(3, 16, 12) });
            }
        );
    }

    [Theory]
    [InlineData("/code/__torch__.py")]
    [InlineData("/data.pkl")]
    [InlineData("/constants.pkl")]
    public void Given_an_altered_entry_of_a_file_taken_as_a_whole_when_imported_then_it_succeeds_or_is_refused(
        string end
    )
    {
        var entries = Entries(Bytes("whole.scripted.pt"));
        var altered = entries.Keys.First(name => name.EndsWith(end, StringComparison.Ordinal));
        Fuzz(
            entries[altered],
            bytes => Pack(entries, altered, bytes),
            bytes =>
            {
                using var stream = new MemoryStream(bytes);
                PyTorchWeights.Import(stream, "x.pt", new() { InputShape = Shape.Of(6), Opaque = true });
            }
        );
    }

    [Fact]
    public void Given_altered_safetensors_when_read_then_they_succeed_or_are_refused() =>
        Fuzz(
            Bytes("mlp_bn.safetensors"),
            bytes => bytes,
            bytes =>
            {
                using var stream = new MemoryStream(bytes);
                SafeTensorsWeights.Import(stream, "x.safetensors", new() { Onto = Onto });
            }
        );

    [Fact]
    public void Given_opcodes_at_random_when_read_then_they_succeed_or_are_refused()
    {
        var random = new Random(11);
        byte[] opcodes =
        [
            .. "(.012NTBC]})tlabdehjqrsuceioRQGJKMXU"u8,
            .. Enumerable.Range(0x80, 25).Select(opcode => (byte)opcode),
        ];
        for (var i = 0; i < Math.Max(5000, Mutations); i++)
        {
            var pickle = new byte[random.Next(400)];
            for (var at = 0; at < pickle.Length; at++)
            {
                pickle[at] = random.Next(4) == 0 ? (byte)random.Next(4) : opcodes[random.Next(opcodes.Length)];
            }
            Check([0x80, 2, .. pickle], bytes => Unpickler.Read(new(bytes, "x.pkl")), $"pickle {i}");
        }
    }

    private static void Fuzz(byte[] original, Func<byte[], byte[]> pack, Action<byte[]> read)
    {
        read(pack(original));
        var random = new Random(original.Length);
        var accepted = 0;
        for (var i = 0; i < Mutations; i++)
        {
            accepted += Check(pack(Mutate(original, random)), read, $"mutation {i}") ? 1 : 0;
        }
        Assert.InRange(accepted, 1, Mutations - 1);
    }

    private static bool Check(byte[] bytes, Action<byte[]> read, string what)
    {
        var watch = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var accepted = true;
        try
        {
            read(bytes);
        }
        catch (ModelFileException e)
        {
            Assert.NotEmpty(e.Message);
            accepted = false;
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}");
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(watch.Elapsed < Limit, $"{what} took {watch.Elapsed}");
        Assert.True(allocated < (50L * bytes.Length) + (4 << 20), $"{what} took {allocated} bytes for {bytes.Length}");
        return accepted;
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            // Most of a file is weights: half of the alterations go to its two ends, where its structure is.
            var end = Math.Min(bytes.Count, 1500);
            var at = random.Next(4) switch
            {
                0 => random.Next(end),
                1 => bytes.Count - 1 - random.Next(end),
                _ => random.Next(bytes.Count),
            };
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    var extreme = (byte)(random.Next(3) * 0x7F);
                    for (var i = at; i < at + Math.Min(length, 8); i++)
                    {
                        bytes[i] = extreme;
                    }
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 5:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes[at] = "(.0]})tRQbcue\u0081\u0093\u0094\u008B\u008E"u8[random.Next(13)];
                    break;
            }
        }
        return [.. bytes];
    }

    private static void Open(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        var file = PyTorchWeights.Open(stream, "x.pt");
        foreach (var tensor in StateDict.Find(file).Tensors)
        {
            tensor.Read();
        }
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
        using (var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
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
