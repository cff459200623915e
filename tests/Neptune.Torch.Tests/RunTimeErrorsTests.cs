using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;
using static Neptune.Torch.Tests.Graphs;

namespace Neptune.Torch.Tests;

/// <summary>What is wrong with values that are known only when a graph runs.</summary>
public sealed class RunTimeErrorsTests(OneDevice device) : IClassFixture<OneDevice>
{
    public static TheoryData<string, long[], string> Cases =>
        new()
        {
            { "Gather", [0, 5], "indices hold 5, and the axis has 4 places; pick from -4 to 3" },
            { "Gather", [-5], "indices hold -5" },
            { "Slice", [2, 1, 0], "a step is 0" },
            { "Unsqueeze", [7], "axes holds 7" },
            { "Squeeze", [1], "lengths there must be 1" },
            { "CumSum", [2], "axis is 2, and x has 2 dimensions" },
            { "ReduceSum", [4], "axes holds 4, and data has 2 dimensions" },
            { "TopK", [9], "K is 9, and there are 4 elements along axis" },
            { "Split", [3, 3], "does not split a length of 4 into 2 outputs" },
            { "Pad", [1, 2, 3], "pads has 3 numbers, and there are 2 axes to pad" },
            { "OneHot", [-1], "depth is -1, and must not be negative" },
        };

    [Theory]
    [InlineData("MatMulInteger", "UInt8")]
    [InlineData("Attention", "Float32")]
    [InlineData("RNN", "Float32")]
    public Task Given_matrices_that_have_no_product_when_run_then_the_error_names_their_shapes(
        string type,
        string element
    ) =>
        device.Run(() =>
        {
            var elements = Enum.Parse<ElementType>(element);
            string[] inputs =
                type == "Attention" ? ["a", "b", "b"]
                : type == "RNN" ? ["a", "b", "r"]
                : ["a", "b"];
            long[] left =
                type == "MatMulInteger" ? [2, 3]
                : type == "RNN" ? [1, 2, 3]
                : [1, 1, 2, 3];
            long[] right =
                type == "MatMulInteger" ? [4, 5]
                : type == "RNN" ? [1, 4, 5]
                : [1, 1, 2, 5];
            var shapes = new Dictionary<string, long[]>
            {
                ["a"] = left,
                ["b"] = right,
                ["r"] = [1, 4, 4],
            };
            var graph = new Graph
            {
                Name = "test",
                Inputs = [.. inputs.Distinct().Select(i => new ValueSignature(i, elements, Shape.Unknown))],
                Outputs = [new("y", type == "MatMulInteger" ? ElementType.Int32 : elements, Shape.Unknown)],
                Parameters = [],
                Operations = [Op(type, "y", inputs, type == "RNN" ? [("hidden_size", 4)] : [])],
            };
            var values = inputs
                .Distinct()
                .ToDictionary(
                    i => i,
                    i => new TensorValue(
                        elements,
                        Shape.Of(shapes[i]),
                        new byte[shapes[i].Aggregate(1L, (x, y) => x * y) * elements.SizeBytes()]
                    )
                );
            var package = new InferencePackage
            {
                Graph = new() { Graph = graph },
                Weights = ImmutableSortedDictionary<string, TensorValue>.Empty,
                Lineage = new(),
            };
            using var runner = new InferenceRunner(device.Device, package);
            var error = Assert.Throws<GraphException>(() => runner.Run(values));
            Assert.Contains("which have no matrix product", error.Message, StringComparison.Ordinal);
        });

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Given_numbers_that_do_not_fit_when_run_then_the_error_names_operation_and_remedy(
        string type,
        long[] numbers,
        string message
    ) =>
        device.Run(() =>
        {
            // The elements are not known before the run: they come from an input.
            Operation[] operations = type switch
            {
                "Slice" =>
                [
                    Op("Split", "a", ["n"]) with
                    {
                        Outputs = ["a", "b", "c"],
                    },
                    Op("Slice", "y", ["x", "a", "b", "", "c"]),
                ],
                "Split" => [Op("Split", "y", ["x", "n"], ("axis", 1)) with { Outputs = ["y", "z"] }],
                "Gather" => [Op("Gather", "y", ["x", "n"], ("axis", 1))],
                "OneHot" => [Op("OneHot", "y", ["n", "n", "x"])],
                _ => [Op(type, "y", ["x", "n"])],
            };
            var shape = type == "OneHot" ? Shape.Of(2) : Shape.Of(2, 4);
            var graph = new Graph
            {
                Name = "test",
                Inputs = [new("x", ElementType.Float32, shape), new("n", ElementType.Int64, Shape.Unknown)],
                Outputs = [new("y", ElementType.Float32, Shape.Unknown)],
                Parameters = [],
                Operations = [.. operations],
            };
            using var runner = new InferenceRunner(
                device.Device,
                new()
                {
                    Graph = new() { Graph = graph },
                    Weights = ImmutableSortedDictionary<string, TensorValue>.Empty,
                    Lineage = new(),
                }
            );
            var values = new Dictionary<string, TensorValue>
            {
                ["x"] = TensorValue.Of(shape, new float[shape.ElementCount()]),
                ["n"] = new(
                    ElementType.Int64,
                    Shape.Of(numbers.Length),
                    MemoryMarshal.AsBytes<long>(numbers).ToArray()
                ),
            };

            var error = Assert.Throws<GraphException>(() => runner.Run(values));

            Assert.StartsWith($"Operation op_y ({type})", error.Message);
            Assert.Contains(message, error.Message);
        });

    [Theory]
    [InlineData(new long[] { 2, 3 }, new long[] { 4, 2 })]
    [InlineData(new long[] { 2, 3, 4 }, new long[] { 3, 4, 5 })]
    [InlineData(new long[] { 2 }, new long[] { })]
    public Task Given_lengths_without_a_matrix_product_when_run_then_the_error_gives_them(long[] a, long[] b) =>
        device.Run(() =>
        {
            var graph = new Graph
            {
                Name = "test",
                Inputs = [new("a", ElementType.Float32, Shape.Unknown), new("b", ElementType.Float32, Shape.Unknown)],
                Outputs = [new("y", ElementType.Float32, Shape.Unknown)],
                Parameters = [],
                Operations = [Op("MatMul", "y", ["a", "b"])],
            };
            using var runner = new InferenceRunner(
                device.Device,
                new()
                {
                    Graph = new() { Graph = graph },
                    Weights = ImmutableSortedDictionary<string, TensorValue>.Empty,
                    Lineage = new(),
                }
            );

            var error = Assert.Throws<GraphException>(() =>
                runner.Run(
                    new Dictionary<string, TensorValue>
                    {
                        ["a"] = TensorValue.Of(Shape.Of(a), new float[Shape.Of(a).ElementCount()]),
                        ["b"] = TensorValue.Of(Shape.Of(b), new float[Shape.Of(b).ElementCount()]),
                    }
                )
            );

            Assert.Contains($"A has shape ({string.Join(", ", a)})", error.Message, StringComparison.Ordinal);
        });
}
