using System.Formats.Tar;
using System.IO.Compression;

namespace Neptune.Formats.Tests;

/// <summary>Files that other programs wrote.</summary>
public sealed class OnnxSampleFilesTests
{
    private static readonly string[] NotKnown =
    [
        "STRING",
        "INT4",
        "UINT4",
        "INT2",
        "UINT2",
        "FLOAT4E2M1",
        "FLOAT8E4M3FN",
        "FLOAT8E4M3FNUZ",
        "FLOAT8E5M2",
        "FLOAT8E5M2FNUZ",
        "FLOAT8E8M0",
    ];

    [Fact]
    public void Given_models_of_exporters_when_read_then_all_weights_are_slices_of_the_file()
    {
        var files = Directory.GetFiles(SharedFiles.Path("models", "onnx"), "*.onnx", SearchOption.AllDirectories);
        Assert.True(files.Length >= 5);
        foreach (var file in files)
        {
            var bytes = File.ReadAllBytes(file);
            var model = OnnxReader.ReadModel(bytes, Path.GetFileName(file));
            Assert.NotEmpty(model.Graph.Nodes);
            Assert.NotEmpty(model.Graph.Inputs);
            Assert.Single(model.Graph.Outputs);
            Assert.True(model.OpsetImports[""] > 0);
            Assert.NotEmpty(model.ProducerName);
            Assert.All(model.Graph.Nodes, node => Assert.NotEmpty(node.OpType));
            Assert.NotEmpty(model.Graph.Initializers);
            foreach (var tensor in model.Graph.Initializers)
            {
                var value = OnnxTensors.ToValue(tensor, null);
                Assert.True(value.Bytes.IsEmpty || bytes.AsSpan().Overlaps(value.Bytes.Span) || tensor.DataType == 7);
            }
        }
    }

    [Fact]
    public void Given_the_backend_tests_of_ONNX_when_read_then_only_element_types_that_Neptune_lacks_are_refused()
    {
        var archive = SharedFiles.Path("onnx-node-tests", "onnx-1.20.0-backend-tests.tar.gz");
        using var stream = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        using var tar = new TarReader(stream);
        var (models, tensors, sequences) = (0, 0, 0);
        var refused = new SortedSet<string>(StringComparer.Ordinal);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null || !(entry.Name.EndsWith(".onnx") || entry.Name.EndsWith(".pb")))
            {
                continue;
            }
            var bytes = new byte[entry.Length];
            entry.DataStream.ReadExactly(bytes);
            if (entry.Name.EndsWith(".onnx"))
            {
                models++;
                foreach (var tensor in Tensors(OnnxReader.ReadModel(bytes, entry.Name).Graph))
                {
                    Take(tensor, refused);
                }
                continue;
            }
            try
            {
                tensors++;
                Take(OnnxReader.ReadTensor(bytes, entry.Name), refused);
            }
            catch (ModelFileException e)
            {
                sequences++;
                Assert.Matches("sequence|optional|_opt|_seq", entry.Name);
                Assert.Contains(entry.Name, e.Message, StringComparison.Ordinal);
            }
        }
        Assert.Equal(1793, models);
        Assert.True(tensors > 5000);
        Assert.True(sequences < 100, $"{sequences} refused");
        Assert.Equal(NotKnown.Order(StringComparer.Ordinal), refused);
    }

    private static void Take(OnnxTensor tensor, SortedSet<string> refused)
    {
        if (OnnxElementTypes.Of(tensor.DataType) is not null)
        {
            Assert.Equal(tensor.Dimensions, OnnxTensors.ToValue(tensor, null).Shape.ToArray());
            return;
        }
        var name = OnnxElementTypes.Name(tensor.DataType);
        var error = Assert.Throws<ModelFileException>(() => OnnxTensors.ToValue(tensor, null));
        Assert.Contains(
            $"elements of type {name}, which Neptune does not have",
            error.Message,
            StringComparison.Ordinal
        );
        refused.Add(name);
    }

    private static IEnumerable<OnnxTensor> Tensors(OnnxGraph graph) =>
        graph.Initializers.Concat(
            graph
                .Nodes.SelectMany(node => node.Attributes)
                .SelectMany(attribute =>
                    attribute
                        .Tensors.Concat(attribute.T is { } tensor ? [tensor] : [])
                        .Concat(attribute.G is { } inner ? Tensors(inner) : [])
                )
        );
}
