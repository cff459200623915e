using System.Runtime.InteropServices;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Formats.Tests;

/// <summary>Operators and their settings, each compared with the same computation by TorchSharp.</summary>
public sealed class TensorFlowOperatorTests(OneDevice device) : IClassFixture<OneDevice>
{
    private const double Tolerance = 1e-4;

    internal static IEnumerable<TensorFlowCase> Cases =>
        [
            .. TensorFlowConvolutionCases.All,
            .. TensorFlowFunctionCases.All,
            .. TensorFlowLayerCases.All,
            .. TensorFlowLoopCases.All,
            .. TensorFlowRecurrentCases.All,
            .. TensorFlowShapeCases.All,
        ];

    public static TheoryData<string> Names => [.. Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Given_nodes_when_imported_then_they_give_what_the_same_computation_gives(string name)
    {
        var test = Cases.Single(c => c.Name == name);
        var writer = new TensorFlowGraphWriter().Placeholder("x", [-1, .. test.Input[1..]]);
        test.Write(writer);
        var model = writer.Import();
        Assert.Equal(["y"], model.Graph.Outputs.Select(o => o.Name));
        if (test.Operations is { } wanted)
        {
            Assert.Equal(wanted.Count, model.Graph.Operations.Count(o => o.Type == wanted.Type));
        }
        await device.Run(() =>
        {
            using var scope = torch.NewDisposeScope();
            var elements = TensorFlowMaths.Numbers(test.Input.Aggregate(1L, (a, b) => a * b), 7, 2);
            var y = test.Expected(TensorFlowMaths.Of(elements, test.Input)).contiguous();
            var expected = new TensorValue(TypeOf(y), Shape.Of(y.shape), Bytes(y));
            var found = TensorFlowRun.Of(device, model, ("x", TensorValue.Of(Shape.Of(test.Input), elements)))[0];
            Assert.Null(TensorDifference.Of(expected, found, Tolerance, Tolerance));
        });
    }

    private static ElementType TypeOf(torch.Tensor tensor) =>
        tensor.dtype switch
        {
            torch.ScalarType.Float32 => ElementType.Float32,
            torch.ScalarType.Int64 => ElementType.Int64,
            torch.ScalarType.Int32 => ElementType.Int32,
            torch.ScalarType.Bool => ElementType.Boolean,
            var other => throw new InvalidOperationException($"No test gives {other}."),
        };

    private static byte[] Bytes(torch.Tensor tensor) =>
        tensor.dtype switch
        {
            torch.ScalarType.Float32 => MemoryMarshal.AsBytes(tensor.data<float>().ToArray().AsSpan()).ToArray(),
            torch.ScalarType.Int64 => MemoryMarshal.AsBytes(tensor.data<long>().ToArray().AsSpan()).ToArray(),
            torch.ScalarType.Int32 => MemoryMarshal.AsBytes(tensor.data<int>().ToArray().AsSpan()).ToArray(),
            _ => MemoryMarshal.AsBytes(tensor.data<bool>().ToArray().AsSpan()).ToArray(),
        };
}
