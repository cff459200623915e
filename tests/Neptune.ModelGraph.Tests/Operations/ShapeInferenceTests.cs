using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Neptune.ModelGraph.Tests;

public partial class ShapeInferenceTests
{
    /// <summary>Operator, input shapes, attributes, output shape.</summary>
    /// <remarks>
    /// Of inputs: <c>i:2,3</c> holds Int64, <c>b:</c> Boolean, <c>u:</c> UInt8; <c>[1,2]</c> is known,
    /// <c>[1]0</c> a known
    /// scalar; <c>()</c> is a scalar, <c>...</c> of unknown shape, <c>-</c> left out.
    /// </remarks>
    public static IEnumerable<TheoryDataRow<string, string, string, string>> Good =>
        [.. Basic, .. Elementwise, .. Layout, .. Indexing, .. Reduction, .. GoodSpatial, .. GoodNormalization];

    /// <summary>Operator, input shapes, attributes, a part of the message.</summary>
    public static IEnumerable<TheoryDataRow<string, string, string, string>> Bad =>
        [.. BasicBad, .. MoreBad, .. BadSpatial, .. BadNormalization];

    private static TheoryData<string, string, string, string> Basic =>
        new()
        {
            { "Gemm", "N,784 64,784 64", "transB=1", "(N, 64)" },
            { "Gemm", "3,4 4,5", "", "(3, 5)" },
            { "Gemm", "4,3 4,5 1,5", "transA=1 alpha=0.5f beta=2f", "(3, 5)" },
            { "MatMul", "N,4 4,5", "", "(N, 5)" },
            { "TorchScriptModule", "u:100 N,3", "", "(...)" },
            { "MatMul", "N,2,3,4 4,5", "", "(N, 2, 3, 5)" },
            { "MatMul", "4 4,5", "", "(5,)" },
            { "MatMul", "3,4 4", "", "(3,)" },
            { "MatMul", "4 4", "", "()" },
            { "Add", "N,3 3", "", "(N, 3)" },
            { "Add", "N,1,4 3,1", "", "(N, 3, 4)" },
            { "Mul", "N,3 N,3", "", "(N, 3)" },
            { "Mul", "1 N,3", "", "(N, 3)" },
            { "Conv", "N,1,28,28 8,1,3,3 8", "", "(N, 8, 26, 26)" },
            { "Conv", "N,1,28,28 8,1,5,5", "pads=2,2,2,2 strides=2,2", "(N, 8, 14, 14)" },
            { "Conv", "N,4,9,9 8,2,3,3", "group=2 dilations=2,2", "(N, 8, 5, 5)" },
            { "Conv", "N,1,28,27 8,1,3,3", "auto_pad=SAME_UPPER strides=2,2", "(N, 8, 14, 14)" },
            { "Conv", "N,1,28,27 8,1,3,3", "auto_pad=SAME_LOWER kernel_shape=3,3", "(N, 8, 28, 27)" },
            { "Conv", "N,1,28,27 8,1,3,3", "auto_pad=VALID", "(N, 8, 26, 25)" },
            { "MaxPool", "N,3,28,28", "kernel_shape=2,2 strides=2,2", "(N, 3, 14, 14)" },
            { "MaxPool", "N,3,5,5", "kernel_shape=2,2 strides=2,2 ceil_mode=1", "(N, 3, 3, 3)" },
            // The third window would start in the padding behind the input.
            { "MaxPool", "N,1,2,2", "kernel_shape=1,1 strides=2,2 ceil_mode=1", "(N, 1, 1, 1)" },
            { "AveragePool", "N,1,2,2", "kernel_shape=2,2 pads=1,1,1,1 strides=2,2 ceil_mode=1", "(N, 1, 2, 2)" },
            { "AveragePool", "N,1,4,4", "kernel_shape=3,3 pads=1,1,1,1 strides=2,2 ceil_mode=1", "(N, 1, 3, 3)" },
            { "AveragePool", "N,1,3,3", "kernel_shape=2,2 pads=1,1,1,1 strides=3,3 ceil_mode=1", "(N, 1, 2, 2)" },
            {
                "AveragePool",
                "N,3,28,28",
                "kernel_shape=3,3 auto_pad=SAME_UPPER count_include_pad=1",
                "(N, 3, 28, 28)"
            },
            { "GlobalAveragePool", "N,3,28,28", "", "(N, 3, 1, 1)" },
            { "BatchNormalization", "N,3,8,8 3 3 3 3", "epsilon=0.001f momentum=0.9f", "(N, 3, 8, 8)" },
            { "Dropout", "N,3", "ratio=0.25f", "(N, 3)" },
            { "Dropout", "N,3", "ratio=0", "(N, 3)" },
            { "Relu", "N,3", "", "(N, 3)" },
            { "Sigmoid", "N,3", "", "(N, 3)" },
            { "Tanh", "N", "", "(N,)" },
            { "Softmax", "N,3", "axis=-1", "(N, 3)" },
            { "LogSoftmax", "N,3,4", "axis=1", "(N, 3, 4)" },
            { "Flatten", "N,28,28,1", "", "(N, 784)" },
            { "Flatten", "N,28,28,1", "axis=-3", "(N, 784)" },
            { "Flatten", "2,3,4", "axis=0", "(1, 24)" },
            { "Flatten", "N,1,3", "axis=2", "(N, 3)" },
            { "Flatten", "N,3,4", "axis=2", "(?, 4)" },
            { "Flatten", "?,28,28,1", "", "(?, 784)" },
            { "Constant", "", "type=Int64 shape=2 value=AAAAAAAAAAABAAAAAAAAAA==", "(2,)" },
            { "Reshape", "N,T,6", "shape=-1,2", "(?, 2)" },
            { "Reshape", "N,T,6", "shape=0,0,2,3", "(N, T, 2, 3)" },
            { "Reshape", "N,0,6", "shape=0,6,0 allowzero=1", "(0, 6, 0)" },
            { "Reshape", "N,28,28,1", "shape=0,-1", "(N, 784)" },
            { "Reshape", "N,784", "shape=-1,28,28", "(N, 28, 28)" },
            { "Reshape", "N,6", "shape=0,2,3", "(N, 2, 3)" },
            { "Reshape", "2,6", "shape=3,-1", "(3, 4)" },
            { "Reshape", "2,6", "shape=12", "(12,)" },
            { "Transpose", "N,28,27,3", "perm=0,3,1,2", "(N, 3, 28, 27)" },
            { "Transpose", "2,3,4", "", "(4, 3, 2)" },
            { "Identity", "N,3", "", "(N, 3)" },
        };

    private static TheoryData<string, string, string, string> BasicBad =>
        new()
        {
            {
                "Gemm",
                "N,784 100,10",
                "",
                "A has shape (N, 784) and B has shape (100, 10): the inner lengths 784 and 100"
            },
            { "Gemm", "N,28,28 28,10", "", "A has shape (N, 28, 28), and must be a matrix" },
            { "Gemm", "N,4 4,5 3", "", "C has shape (3,), which does not broadcast to (N, 5)" },
            { "Gemm", "N,4 4,5", "transA=2", "transA is 2, and must be 0 or 1" },
            { "Gemm", "N,4 4,5", "transC=1", "attribute transC, which is not known. Did you mean transA or transB?" },
            { "Gemm", "N,4", "", "must have 2 to 3: (A, B, C)" },
            { "Gemm", "N,4 4,5 5 5", "", "must have 2 to 3: (A, B, C)" },
            { "MatMul", "N,4 5,5", "", "the inner lengths 4 and 5 differ" },
            { "MatMul", "2,3,4 3,4,5", "", "the leading dimensions do not broadcast" },
            { "TorchScriptModule", "N,3 N,3", "", "archive is Float32 (N, 3), and must be a vector of UInt8" },
            { "Add", "N,3 N,4", "", "(N, 3) and B has shape (N, 4), which do not broadcast" },
            { "Add", "N,3 10,3", "", "which do not broadcast" },
            { "Conv", "N,3,28,28 8,1,3,3", "", "with 3 channels" },
            { "Conv", "N,28,28 8,1,3,3", "", "W has shape (8, 1, 3, 3), and must have as many dimensions as X" },
            { "Conv", "N,1,28,28 8,1,3,3 7", "", "B has shape (7,), and must be (8,)" },
            { "Conv", "N,1,2,2 8,1,3,3", "", "does not fit into X of shape (N, 1, 2, 2)" },
            { "Conv", "N,1,28,28 8,1,3,3", "kernel_shape=5,5", "kernel_shape is (5, 5), and W has shape (8, 1, 3, 3)" },
            { "Conv", "N,1,28,28 8,1,3,3", "strides=0,1", "strides is (0, 1), and must be 2 positive numbers" },
            { "Conv", "N,1,28,28 8,1,3,3", "pads=1,1", "pads is (1, 1), and must be 4 numbers" },
            { "Conv", "N,1,28,28 8,1,3,3", "auto_pad=SAME", "auto_pad is SAME. Valid are" },
            { "Conv", "N,1,28,28 8,1,3,3", "auto_pad=VALID pads=1,1,1,1", "cannot both be given" },
            { "Conv", "N,4,28,28 9,2,3,3", "group=2", "group is 2, and must be a divisor of the 9 filters" },
            { "Conv", "N,1,9,9 8,1,3,3", "dilations=9223372036854775807,1", "A length is greater than" },
            { "MaxPool", "N,3,28,28", "", "kernel_shape is missing" },
            { "MaxPool", "N,3,28,28", "kernel_shape=2,2 pads=2,2,2,2", "are not smaller than the kernel" },
            { "AveragePool", "N,3,28,28", "kernel_shape=2,2 count_include_pad=3", "count_include_pad is 3" },
            { "GlobalAveragePool", "N,3", "", "and must be (N, C, H, W)" },
            { "BatchNormalization", "N,3,8,8 3 4 3 3", "", "B has shape (4,), and must be (3,)" },
            { "BatchNormalization", "N,3 3 3 3 3", "epsilon=0f", "epsilon is 0" },
            { "BatchNormalization", "N,3 3 3 3", "", "must have 5" },
            { "Dropout", "N,3", "ratio=1f", "ratio is 1, and must be at least 0 and less than 1" },
            { "Dropout", "N,3", "rate=0.5f", "attribute rate, which is not known. Did you mean ratio?" },
            { "Relu", "N,3", "alpha=1f", "It takes no attributes" },
            { "Relu", "b:N,3", "", "X is Boolean, and must be a type of numbers" },
            { "Softmax", "N,3", "axis=2", "axis is 2, and X has shape (N, 3). Pick axis from -2 to 1" },
            { "Softmax", "N,3", "axis=1f", "attribute axis is of kind Float, and must be of kind Int" },
            { "Flatten", "N,3", "axis=3", "Pick axis from -2 to 2" },
            { "Reshape", "N,6", "shape=0,4", "does not reshape to (0, 4)" },
            { "Reshape", "N,6", "shape=-1,4", "does not reshape to (-1, 4)" },
            { "Reshape", "N,6", "shape=-1,-1", "one may be -1" },
            { "Reshape", "N,6", "shape=6,1,0", "shape has 0 (copy) at place 2" },
            { "Reshape", "N,6", "", "shape is missing" },
            { "Constant", "", "type=Int64 shape=2 value=AAAA", "value has 3 bytes, and shape (2) of Int64 takes 16" },
            { "Constant", "", "type=Float3 shape=2 value=AAAA", "type is Float3. Did you mean Float32" },
            { "Constant", "", "type=Int8 shape=2 value=A", "value is not base64" },
            { "Reshape", "2,6", "shape=4611686018427387904,4611686018427387904", "A length is greater than" },
            { "Transpose", "N,3,4", "perm=0,1,1", "Give each of the 3 axes from 0 once" },
        };

    [Theory]
    [MemberData(nameof(Good))]
    public void Given_inputs_that_fit_when_inferred_then_the_output_has_the_shape_of_onnx(
        string type,
        string inputs,
        string attributes,
        string expected
    ) => Assert.Equal(expected, GraphShapes.Infer(GraphOf(type, inputs, attributes))["y"].Shape.ToString());

    [Theory]
    [MemberData(nameof(Bad))]
    public void Given_inputs_that_do_not_fit_when_inferred_then_the_error_names_operation_shapes_and_remedy(
        string type,
        string inputs,
        string attributes,
        string expected
    )
    {
        var error = Assert.Throws<GraphException>(() => GraphShapes.Infer(GraphOf(type, inputs, attributes)));

        Assert.StartsWith($"Operation the_{type} ({type})", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Given_every_operator_when_listed_then_each_has_a_good_case() =>
        Assert.Equal(
            OperationRegistry.Types.Where(type => type != ModuleOperation.Type), // its outputs are what the module says
            Good.Select(row => row.Data.Item1).Distinct().Order(StringComparer.Ordinal)
        );

    [Theory]
    [InlineData("SAME_UPPER", 0, 1)]
    [InlineData("SAME_LOWER", 1, 0)]
    [InlineData("VALID", 0, 0)]
    public void Given_auto_pad_when_worked_out_then_the_odd_element_stands_where_the_name_says(
        string autoPad,
        long begin,
        long end
    )
    {
        var graph = GraphOf("MaxPool", "N,1,5,5", $"auto_pad={autoPad} kernel_shape=2,2");

        var window = Window.Of(graph.Operations[0], graph.Inputs[0].Shape);

        Assert.Equal((begin, end), (window.Vertical.PadBegin, window.Vertical.PadEnd));
        Assert.Equal((begin, end), (window.Horizontal.PadBegin, window.Horizontal.PadEnd));
    }

    [Fact]
    public void Given_inputs_of_two_types_when_inferred_then_both_are_named()
    {
        var graph = GraphOf("Add", "N,3 N,3", "");
        var mixed = graph with { Inputs = [graph.Inputs[0], graph.Inputs[1] with { Type = ElementType.Int64 }] };

        var error = Assert.Throws<GraphException>(() => GraphShapes.Infer(mixed));

        Assert.Equal("Operation the_Add (Add): A is Float32 and B is Int64. Give both one type.", error.Message);
    }

    [Fact]
    public void Given_integers_when_an_operator_needs_reals_then_the_error_says_so()
    {
        var graph = GraphOf("Sigmoid", "N,3", "");
        var integers = graph with { Inputs = [graph.Inputs[0] with { Type = ElementType.Int64 }] };

        Assert.Contains(
            "X is Int64, and must be a floating-point type",
            Assert.Throws<GraphException>(() => GraphShapes.Infer(integers)).Message
        );
    }

    private static Graph GraphOf(string type, string inputs, string attributes)
    {
        var given = inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var signatures = given
            .Select((text, i) => (text, i))
            .Where(g => g.text != "-" && g.text[0] != '[')
            .Select(g => ParseSignature($"x{g.i}", g.text))
            .ToImmutableArray();
        var constants = given
            .Select((text, i) => (text, i))
            .Where(g => g.text[0] == '[')
            .Select(g => ConstantValue.ToOperation($"x{g.i}", ParseNumbers(g.text)));
        return new()
        {
            Name = "test",
            Inputs = signatures,
            Outputs = [],
            Parameters = [],
            Operations =
            [
                .. constants,
                new()
                {
                    Name = $"the_{type}",
                    Type = type,
                    Inputs = [.. given.Select((text, i) => text == "-" ? "" : $"x{i}")],
                    Outputs = ["y"],
                    Attributes = attributes
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        .Select(a => a.Split('=', 2))
                        .ToImmutableSortedDictionary(
                            a => a[0],
                            a => ParseAttribute(a[0], a[1]),
                            StringComparer.Ordinal
                        ),
                },
            ],
        };
    }

    private static ValueSignature ParseSignature(string name, string text) =>
        text.Split(':') is [var kind, var shape]
            ? new(
                name,
                kind switch
                {
                    "i" => ElementType.Int64,
                    "u" => ElementType.UInt8,
                    "b" => ElementType.Boolean,
                    _ => throw new ArgumentException($"No element type is called {kind}.", nameof(text)),
                },
                ParseShape(shape)
            )
            : new(name, ElementType.Float32, ParseShape(text));

    private static TensorValue ParseNumbers(string text)
    {
        var isScalar = text.EndsWith("]0");
        var numbers = text.Trim('0')[1..^1]
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(long.Parse)
            .ToArray();
        var bytes = MemoryMarshal.AsBytes<long>(numbers).ToArray();
        return new(ElementType.Int64, isScalar ? Shape.Scalar : Shape.Of(numbers.Length), bytes);
    }

    private static Shape ParseShape(string text) =>
        text == "()" ? Shape.Scalar
        : text == "..." ? Shape.Unknown
        : new([
            .. text.Split(',')
                .Select(d => long.TryParse(d, out var length) ? Dimension.Fixed(length) : Dimension.Symbolic(d)),
        ]);

    // A comma behind a single number makes it a list.
    private static AttributeValue ParseAttribute(string name, string text) =>
        text.EndsWith('f') && float.TryParse(text[..^1], out var real) ? new AttributeValue.Float(real)
        : text.EndsWith('f') && text.Contains(',')
            ? new AttributeValue.Floats([.. text.Split(',').Select(number => float.Parse(number[..^1]))])
        : (text.Contains(',') && !text.Contains('>')) || name == "shape"
            ? new AttributeValue.Ints([.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)])
        : long.TryParse(text, out var value) ? new AttributeValue.Int(value)
        : new AttributeValue.Text(text);
}
