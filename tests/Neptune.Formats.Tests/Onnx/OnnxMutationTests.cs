using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Files that somebody damaged on purpose or by chance.</summary>
public sealed class OnnxMutationTests
{
    private const int Mutations = 2000;

    // A byte of a file may cost a name, a list and a node; no more than that.
    private const long BytesPerByte = 200;
    private const long BytesAtLeast = 200_000;

    [Fact]
    public void Given_a_damaged_model_when_read_then_it_is_refused_or_read_and_takes_little_memory()
    {
        var whole = OnnxBytes.Model().ToArray();
        var random = new KeyedRandom(KeyedRandom.Key(7, "onnx mutations"));
        var (read, refused) = (0, 0);
        for (var i = 0; i < Mutations; i++)
        {
            var bytes = Mutate(whole, ref random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                foreach (var tensor in OnnxReader.ReadModel(bytes, "m.onnx").Graph.Initializers)
                {
                    _ = OnnxTensors.ToValue(tensor, Path.GetTempPath());
                }
                read++;
            }
            catch (ModelFileException e)
            {
                Assert.StartsWith("m.onnx: ", e.Message, StringComparison.Ordinal);
                refused++;
            }
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(
                allocated < BytesAtLeast + (BytesPerByte * bytes.Length),
                $"mutation {i} took {allocated} bytes"
            );
        }
        Assert.True(read > Mutations / 20 && refused > Mutations / 5, $"{read} read, {refused} refused");
    }

    private static byte[] Mutate(byte[] whole, ref KeyedRandom random)
    {
        var bytes = whole.ToList();
        for (var changes = 1 + random.NextBelow(3); changes > 0 && bytes.Count > 1; changes--)
        {
            var at = (int)random.NextBelow(bytes.Count);
            switch (random.NextBelow(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << (int)random.NextBelow(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.NextBelow(256);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.NextBelow(256));
                    break;
                case 3:
                    bytes.RemoveAt(at);
                    break;
                default:
                    var length = (int)random.NextBelow(Math.Min(20, bytes.Count - at));
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
            }
        }
        return [.. bytes];
    }
}
