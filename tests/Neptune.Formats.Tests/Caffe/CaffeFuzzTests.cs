using System.Diagnostics;
using System.Text;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Files that somebody damaged are read or refused: <c>NEPTUNE_FUZZ</c> says how many; by default some hundred.</summary>
public sealed class CaffeFuzzTests
{
    private const int Mutations = 400;
    private const long BytesPerByte = 3000; // a byte may name a layer, which costs records, names and a type
    private const long BytesAtLeast = 8 << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "fixtures", "caffe");

    [Fact]
    public void Given_damaged_nets_when_imported_then_each_is_refused_with_a_reason_or_is_a_valid_graph()
    {
        var weights = CaffeReader.ReadWeights(Path.Combine(Folder, "mixed.caffemodel"));
        Fuzz(Path.Combine(Folder, "mixed.prototxt"), bytes => Run(Net(bytes), weights));
    }

    [Fact]
    public void Given_damaged_weights_when_imported_then_each_is_refused_with_a_reason_or_is_a_valid_graph()
    {
        var net = CaffeReader.ReadNet(File.ReadAllText(Path.Combine(Folder, "mixed.prototxt")), "m.prototxt");
        Fuzz(
            Path.Combine(Folder, "mixed.caffemodel"),
            bytes => Run(net, CaffeReader.ReadWeights(bytes, "m.caffemodel"))
        );
    }

    // Weights that are drawn may be many by a few letters: no layer of this net has any.
    [Fact]
    public void Given_damaged_nets_with_losses_when_imported_then_each_is_refused_with_a_reason_or_is_a_valid_graph() =>
        Fuzz(Path.Combine(Folder, "lenet_train_val.prototxt"), bytes => Run(Net(bytes), Empty()));

    [Fact]
    public void Given_damaged_solvers_when_imported_then_each_is_refused_with_a_reason_or_is_a_valid_graph() =>
        Fuzz(
            Path.Combine(Folder, "lenet_solver.prototxt"),
            bytes =>
            {
                var text = Encoding.Latin1.GetString(bytes);
                return CaffeReader.IsSolver(text, "m.prototxt")
                    ? CaffeSolver.Import(
                        Path.Combine(Folder, "m.prototxt"),
                        CaffeTextReader.Read(text, "m.prototxt", CaffeSchema.Solver),
                        null,
                        new() { InputShape = Shape.Of(1, 28, 28) }
                    )
                    : Run(Net(bytes), null);
            }
        );

    private static CaffeNet Net(byte[] bytes) => CaffeReader.ReadNet(Encoding.Latin1.GetString(bytes), "m.prototxt");

    private static CaffeNet Empty() =>
        CaffeReader.ReadWeights(new CaffeFile().Layer("none", ([1], [1])).ToArray(), "m.caffemodel");

    private static ImportedModel Run(CaffeNet net, CaffeNet? weights) =>
        new CaffeImport
        {
            Net = net,
            Weights = weights,
            Options = new() { InputShape = Shape.Of(1, 28, 28) },
        }.Run();

    private static void Fuzz(string file, Func<byte[], ImportedModel> import)
    {
        var whole = File.ReadAllBytes(file);
        var count = int.TryParse(Environment.GetEnvironmentVariable("NEPTUNE_FUZZ"), out var asked) ? asked : Mutations;
        var random = new KeyedRandom(KeyedRandom.Key(11, Path.GetFileName(file)));
        var refused = 0;
        for (var i = 0; i < count; i++)
        {
            var bytes = ProtobufMutation.Of(whole, ref random, copies: true);
            var (before, began) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            try
            {
                GraphValidation.Check(import(bytes).Graph);
            }
            catch (ModelFileException e)
            {
                Assert.NotEmpty(e.Message);
                refused++;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"mutation {i}: {e}\n{Encoding.Latin1.GetString(bytes)}");
            }
            Assert.True(
                Stopwatch.GetElapsedTime(began) < Longest,
                $"mutation {i} took {Stopwatch.GetElapsedTime(began)}"
            );
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(
                allocated < BytesAtLeast + (BytesPerByte * bytes.Length),
                $"mutation {i} took {allocated} bytes"
            );
        }
        Assert.InRange(refused, count / 10, count);
    }
}
