using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

public sealed class UserModuleExportTests
{
    [Fact]
    public void Given_a_graph_with_a_users_module_when_exported_then_it_is_refused_by_the_modules_name()
    {
        var module = new ModuleOperation(
            new("my-net", "1.2", new('a', 64)),
            ImmutableSortedDictionary<string, string>.Empty,
            [3],
            [],
            []
        );
        var graph = new Graph
        {
            Name = "net",
            Inputs = [new("x", ElementType.Float32, Shape.OfBatch(4))],
            Outputs = [new("y", ElementType.Float32, Shape.OfBatch(3))],
            Parameters = [],
            Operations =
            [
                new()
                {
                    Name = "y",
                    Type = ModuleOperation.Type,
                    Inputs = ["x"],
                    Outputs = ["y"],
                    Attributes = module.ToAttributes(),
                },
            ],
        };
        var error = Assert.Throws<GraphException>(() =>
            OnnxExporter.Export(graph, ImmutableSortedDictionary<string, TensorValue>.Empty, Stream.Null)
        );
        Assert.Equal(
            "Graph net runs the user's module my-net 1.2 (aaaaaaaaaaaa), which no ONNX model can hold. Export its weights as "
                + "safetensors.",
            error.Message
        );
    }

    [Fact]
    public void Given_the_operators_of_ONNX_when_asked_then_a_users_module_is_none() =>
        Assert.True(OperationRegistry.Knows(ModuleOperation.Type) && !OperationRegistry.IsOnnx(ModuleOperation.Type));
}
