using System.Diagnostics;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>
/// Models that somebody damaged are imported or refused, in little time and memory: <c>NEPTUNE_FUZZ</c> says how many; by
/// default some hundred.
/// </summary>
public sealed class TensorFlowFuzzTests
{
    private const int Mutations = 300;
    private const long BytesPerByte = 2000; // a byte may name a node, which costs records, names and a type
    private const long BytesAtLeast = 4 << 20;
    private const long BytesForLoops = 128 << 20; // for as many nodes as loops may have when they are unrolled
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private static int Count =>
        int.TryParse(Environment.GetEnvironmentVariable("NEPTUNE_FUZZ"), out var asked) ? asked : Mutations;

    [Fact]
    public void Given_a_damaged_frozen_graph_when_imported_then_it_is_refused_or_valid() =>
        Fuzz(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "fixtures", "tensorflow", "digits_cnn.pb")),
            Graph
        );

    [Fact]
    public void Given_a_damaged_graph_of_many_operators_when_imported_then_it_is_refused_or_valid()
    {
        string[] loops = [.. TensorFlowLoopCases.All.Concat(TensorFlowRecurrentCases.All).Select(c => c.Name)];
        var cases = TensorFlowOperatorTests
            .Cases.Where(c => !loops.Contains(c.Name))
            .Select(c =>
            {
                var writer = new TensorFlowGraphWriter().Placeholder("x", [-1, .. c.Input[1..]]);
                c.Write(writer);
                return writer.Graph().ToArray();
            });
        foreach (var bytes in cases)
        {
            Fuzz(bytes, Graph, Math.Max(3, Count / 100));
        }
    }

    [Fact]
    public void Given_a_damaged_graph_of_loops_when_imported_then_it_is_refused_or_valid()
    {
        foreach (var test in TensorFlowLoopCases.All.Concat(TensorFlowRecurrentCases.All))
        {
            var writer = new TensorFlowGraphWriter().Placeholder("x", [-1, .. test.Input[1..]]);
            test.Write(writer);
            Fuzz(writer.Graph().ToArray(), Graph, Math.Max(10, Count / 10), BytesForLoops);
        }
    }

    [Fact]
    public void Given_a_damaged_SavedModel_when_imported_then_it_is_refused_or_valid() =>
        Fuzz(
            TensorFlowSavedModelWriter.Bytes(TensorFlowSavedModelWriter.Layers(), "serving_in:0", [-1, 2], "call:0"),
            bytes => TensorFlowReader.ReadSavedModel(bytes, null, "m")
        );

    [Fact]
    public void Given_a_damaged_graph_model_when_imported_then_it_is_refused_or_valid() =>
        Fuzz(
            System.Text.Encoding.UTF8.GetBytes(TensorFlowJsTests.Model),
            bytes => TensorFlowJsReader.Read(bytes, "m", (_, _) => new byte[24])
        );

    [Fact]
    public void Given_a_damaged_index_when_read_then_it_is_refused_or_valid() =>
        Fuzz(TensorFlowBundleWriter.Table(Entries(), 2), Index);

    // With right checksums, alterations reach what stands behind them.
    [Fact]
    public void Given_damaged_entries_in_a_whole_index_when_read_then_they_are_refused_or_valid()
    {
        var entries = Entries();
        var random = new KeyedRandom(KeyedRandom.Key(12, "tensorflow entries"));
        for (var i = 0; i < Count; i++)
        {
            var changed = new SortedDictionary<string, byte[]>(entries, StringComparer.Ordinal);
            var key = entries.Keys.ElementAt((int)random.NextBelow(entries.Count));
            changed[key] = ProtobufMutation.Of(entries[key], ref random);
            _ = Check(TensorFlowBundleWriter.Table(changed, 2), Index, i);
        }
    }

    private static SortedDictionary<string, byte[]> Entries() =>
        new(StringComparer.Ordinal)
        {
            [""] = new ProtobufWriter().Int64(1, 1).ToArray(),
            ["layer/bias"] = Entry(0, 16, 4),
            ["layer/kernel"] = Entry(16, 64, 4, 4),
            ["layer_1/kernel"] = Entry(80, 48, 3, 4),
        };

    private static byte[] Entry(long offset, long size, params long[] shape) =>
        new ProtobufWriter()
            .Int64(1, 1)
            .Message(2, TensorFlowGraphWriter.Lengths(shape))
            .Int64(4, offset)
            .Int64(5, size)
            .Float(6, 1)
            .ToArray();

    private static TensorFlowModel Graph(byte[] bytes) => TensorFlowReader.ReadFrozen(bytes, "m");

    private static TensorFlowModel? Index(byte[] bytes)
    {
        var folder = Path.Combine(Path.GetTempPath(), "neptune-no-such-model");
        var bundle = TensorBundle.Of(bytes, Path.Combine(folder, "variables"), folder);
        foreach (var key in bundle.Keys)
        {
            try
            {
                _ = bundle.Read(key);
            }
            catch (TensorFlowRefusedException refusal)
            {
                Assert.NotEmpty(refusal.Message);
            }
        }
        return null;
    }

    private static void Fuzz(
        byte[] whole,
        Func<byte[], TensorFlowModel?> read,
        int? count = null,
        long atLeast = BytesAtLeast
    )
    {
        var random = new KeyedRandom(KeyedRandom.Key(11, "tensorflow imports"));
        var refused = 0;
        for (var i = 0; i < (count ?? Count); i++)
        {
            refused += Check(ProtobufMutation.Of(whole, ref random), read, i, atLeast) ? 0 : 1;
        }
        Assert.True(count is not null || refused > Count / 20, $"{refused} of {Count} refused");
    }

    private static bool Check(
        byte[] bytes,
        Func<byte[], TensorFlowModel?> read,
        int number,
        long atLeast = BytesAtLeast
    )
    {
        var (before, began) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        var isImported = false;
        try
        {
            if (read(bytes) is { } model)
            {
                GraphValidation.Check(TensorFlowFormat.Translate(model, null, null).Graph);
            }
            isImported = true;
        }
        catch (ModelFileException e)
        {
            Assert.NotEmpty(e.Message);
        }
        catch (Exception e)
        {
            Assert.Fail($"mutation {number}: {e}");
        }
        Assert.True(
            Stopwatch.GetElapsedTime(began) < Longest,
            $"mutation {number} took {Stopwatch.GetElapsedTime(began)}"
        );
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < atLeast + (BytesPerByte * bytes.Length), $"mutation {number} took {allocated} bytes");
        return isImported;
    }
}
