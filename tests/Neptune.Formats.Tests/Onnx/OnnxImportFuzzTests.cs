using System.Diagnostics;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Formats.Tests;

/// <summary>Whole imports of files that somebody damaged: <c>NEPTUNE_FUZZ</c> says how many; by default some hundred.</summary>
public sealed class OnnxImportFuzzTests
{
    private const int Mutations = 600;
    private const long BytesPerByte = 2000; // a byte may name a node, which costs records, names and a type
    private const long BytesAtLeast = 4 << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    [Fact]
    public void Given_damaged_models_when_imported_then_each_is_refused_with_a_reason_or_is_a_valid_graph()
    {
        var whole = Model();
        var count = int.TryParse(Environment.GetEnvironmentVariable("NEPTUNE_FUZZ"), out var asked) ? asked : Mutations;
        var random = new KeyedRandom(KeyedRandom.Key(11, "onnx imports"));
        var (imported, refused) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            var bytes = ProtobufMutation.Of(whole, ref random);
            var (before, began) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            try
            {
                var model = OnnxReader.ReadModel(bytes, "m.onnx");
                GraphValidation.Check(OnnxFormat.Translate(model, Path.GetTempPath(), null, freeBatch: true).Graph);
                imported++;
            }
            catch (ModelFileException e)
            {
                Assert.StartsWith("m.onnx", e.Message, StringComparison.Ordinal);
                refused++;
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
        Assert.True(imported > count / 50 && refused > count / 5, $"{imported} imported, {refused} refused");
    }

    private static byte[] Model()
    {
        var graph = Sequential
            .Of(Conv2D(2, 3, Relu), BatchNormalization(), MaxPooling2D(2), Flatten(), Dense(3, Softmax))
            .Compile(Adam(), SparseCategoricalCrossentropy())
            .Build(Shape.Of(6, 6, 1))
            .Graph;
        var weights = graph.Parameters.ToDictionary(
            p => p.Name,
            p =>
            {
                var values = new float[p.Shape.ElementCount()];
                ParameterValues.Fill(p, 1, values);
                return TensorValue.Of(p.Shape, values);
            }
        );
        using var file = new MemoryStream();
        OnnxExporter.Export(graph, weights, file);
        return file.ToArray();
    }
}
