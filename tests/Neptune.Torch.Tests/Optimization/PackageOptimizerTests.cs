using System.Collections.Immutable;
using Neptune.ModelGraph;
using static Neptune.Torch.Tests.Graphs;

namespace Neptune.Torch.Tests;

/// <summary>Folded graphs answer as their originals.</summary>
public sealed class PackageOptimizerTests(OneDevice device) : IClassFixture<OneDevice>
{
    private static readonly Gen<(ulong Seed, int[] Image, int[] Features)> AnyNet = Gen.Select(
        Gen.ULong,
        Gen.Int[0, RandomNet.ImageLayers.Length - 1].Array[0, 8],
        Gen.Int[0, 4].Array[0, 5]
    );

    [Fact]
    public Task Given_any_net_when_optimized_then_it_answers_alike_and_nothing_foldable_is_left() =>
        device.Run(() =>
            AnyNet.Sample(
                net =>
                {
                    var package = RandomNet.Of(net.Seed, net.Image, net.Features);
                    var optimized = PackageOptimizer.Optimize(device.Device, package, 1e-4).Folded;
                    var graph = optimized.Package.Graph.Graph;
                    Assert.DoesNotContain(graph.Operations, o => o.Type is "Transpose" or "Neg" or "Dropout");
                    var makers = graph.Operations.ToDictionary(o => o.Outputs[0]);
                    var reads = graph.Operations.SelectMany(o => o.Inputs).CountBy(name => name).ToDictionary();
                    Assert.DoesNotContain(
                        graph.Operations,
                        o =>
                            o.Type == "BatchNormalization"
                            && makers.GetValueOrDefault(o.Inputs[0])?.Type
                                is "Conv"
                                    or "ConvTranspose"
                                    or "Gemm"
                                    or "MatMul"
                            && reads[o.Inputs[0]] == 1
                    );
                    Assert.Equal(
                        package.Graph.Graph.Operations.Length - graph.Operations.Length,
                        optimized.BatchNormalizations + optimized.Constants + optimized.Identities
                    );
                },
                iter: 200,
                threads: 1
            )
        );

    [Theory]
    [InlineData("conv")]
    [InlineData("grouped conv")]
    [InlineData("transposed conv")]
    [InlineData("grouped transposed conv")]
    [InlineData("computed filters")]
    public Task Given_a_layer_and_a_normalization_when_optimized_then_one_operation_with_a_bias_is_left(string layer) =>
        device.Run(() =>
        {
            var package = RandomNet.Of(3, [NumberOf(layer), NumberOf("normalization")], []);
            var optimized = PackageOptimizer.Optimize(device.Device, package, 1e-5);
            var operations = optimized.Folded.Package.Graph.Graph.Operations;
            Assert.Equal(1, optimized.Folded.BatchNormalizations);
            Assert.Equal(["GlobalAveragePool", "Flatten"], operations.Skip(1).Select(o => o.Type));
            Assert.Equal(3, operations[0].Inputs.Length);
            Assert.Equal(2, optimized.Folded.Package.Weights.Count);
            Assert.InRange(optimized.LargestDifference, 0, 1e-5);
            Assert.Equal(4, optimized.Runs);
        });

    [Fact]
    public Task Given_a_weight_of_two_layers_when_optimized_then_each_gets_its_own() =>
        device.Run(() =>
        {
            var optimized = PackageOptimizer.Optimize(
                device.Device,
                RandomNet.Of(3, [NumberOf("shared conv")], []),
                1e-5
            );
            var convs = optimized.Folded.Package.Graph.Graph.Operations.Where(o => o.Type == "Conv").ToArray();
            Assert.Equal(2, optimized.Folded.BatchNormalizations);
            Assert.Equal(2, convs.Select(o => o.Inputs[1]).Distinct().Count());
            Assert.Equal(4, optimized.Folded.Package.Weights.Count);
        });

    [Fact]
    public Task Given_a_value_that_another_reads_when_optimized_then_the_normalization_stays() =>
        device.Run(() =>
        {
            var package = RandomNet.Of(3, [NumberOf("conv"), NumberOf("residual")], []);
            var optimized = PackageOptimizer.Optimize(device.Device, package, 0);
            Assert.Equal(0, optimized.Folded.BatchNormalizations);
            Assert.Equal(package.Graph.Graph.Operations, optimized.Folded.Package.Graph.Graph.Operations);
            Assert.Equal(0, optimized.LargestDifference);
        });

    [Fact]
    public Task Given_a_normalization_without_a_layer_before_it_when_optimized_then_it_stays() =>
        device.Run(() =>
        {
            var package = RandomNet.Of(3, [NumberOf("normalization"), NumberOf("relu"), NumberOf("normalization")], []);
            var optimized = PackageOptimizer.Optimize(device.Device, package, 0);
            Assert.Equal(package.Graph.Graph.Operations, optimized.Folded.Package.Graph.Graph.Operations);
        });

    [Fact]
    public Task Given_a_result_much_greater_than_what_it_is_made_of_when_optimized_then_it_is_computed_as_before() =>
        device.Run(() =>
        {
            var lengths = ConstantValue.ToOperation(
                "lengths",
                new(ElementType.Int64, Shape.Of(2), new[] { 1000L, 1000L }.SelectMany(BitConverter.GetBytes).ToArray())
            );
            var graph = Of(
                [1000],
                "y",
                [1000],
                [Weight("w", 1)],
                lengths,
                Op("Expand", "wide", ["w", "lengths"]),
                Op("MatMul", "y", ["x", "wide"])
            );
            var optimized = PackageOptimizer.Optimize(device.Device, Package(graph), 0);
            Assert.Equal(graph.Operations, optimized.Folded.Package.Graph.Graph.Operations);
        });

    [Fact]
    public Task Given_open_lengths_when_optimized_then_one_is_found_that_runs() =>
        device.Run(() =>
        {
            var graph = Of([3], "y", [8], [Weight("w", 64, 8)], Op("MatMul", "y", ["x", "w"])) with
            {
                Inputs =
                [
                    new("x", ElementType.Float32, new(Dimension.Batch, Dimension.Symbolic("width"), Dimension.Unknown)),
                ],
                Outputs = [new("y", ElementType.Float32, new(Dimension.Batch, Dimension.Symbolic("width"), 8))],
            };
            Assert.Equal(4, PackageOptimizer.Optimize(device.Device, Package(graph), 0).Runs);
        });

    [Fact]
    public Task Given_answers_that_differ_when_proved_then_the_error_gives_difference_and_tolerance() =>
        device.Run(() =>
        {
            var package = RandomNet.Of(3, [NumberOf("conv")], []);
            var other = RandomNet.Of(4, [NumberOf("conv")], []);
            var folded = new FoldedPackage
            {
                Package = package with { Weights = other.Weights },
                BatchNormalizations = 0,
                Constants = 0,
                Identities = 0,
            };
            var error = Assert.Throws<GraphException>(() =>
                PackageOptimizer.Prove(device.Device, package, folded, 1e-4)
            );
            Assert.Contains("answers otherwise", error.Message, StringComparison.Ordinal);
            Assert.Contains("at most 1e-4 passes", error.Message, StringComparison.Ordinal);
        });

    [Fact]
    public Task Given_answers_that_are_no_numbers_when_proved_then_the_error_says_that_nothing_is_shown() =>
        device.Run(() =>
        {
            var package = Package(Of([3], "y", [3], [Weight("w", 3)], Op("Div", "y", ["x", "w"])));
            var broken = package with
            {
                Weights = package.Weights.SetItem("w", TensorValue.Of(Shape.Of(3), [float.NaN, float.NaN, float.NaN])),
            };
            var error = Assert.Throws<GraphException>(() => PackageOptimizer.Optimize(device.Device, broken, 1e-4));
            Assert.Contains("no finite number", error.Message, StringComparison.Ordinal);
        });

    private static int NumberOf(string layer) => RandomNet.ImageLayers.IndexOf(layer);

    private static InferencePackage Package(Graph graph) =>
        new()
        {
            Graph = new() { Graph = graph },
            Weights = graph.Parameters.ToImmutableSortedDictionary(
                p => p.Name,
                p => TensorValue.Of(p.Shape, Samples.Floats((int)p.Shape.ElementCount())),
                StringComparer.Ordinal
            ),
            Lineage = new(),
        };
}
