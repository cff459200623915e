using System.Collections.Immutable;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Formats.Tests;

/// <summary>Graphs to export, with weights that are never zero or one alone.</summary>
internal static class ExportedGraphs
{
    /// <summary>All of them, by name.</summary>
    public static ImmutableSortedDictionary<string, Graph> All { get; } =
        new Graph[] { Mlp(), Cnn(), Residual(), Reshaped(), Pools(), Sums() }.ToImmutableSortedDictionary(
            graph => graph.Name,
            graph => graph,
            StringComparer.Ordinal
        );

    /// <summary>Weights for a graph.</summary>
    public static ImmutableSortedDictionary<string, TensorValue> Weights(Graph graph) =>
        graph.Parameters.ToImmutableSortedDictionary(
            parameter => parameter.Name,
            parameter =>
            {
                var values = new float[parameter.Shape.ElementCount()];
                // Scales and variances are positive; all else lies around zero.
                var drawn = parameter.Initializer is Initializer.Constant { Value: var constant }
                    ? parameter with
                    {
                        Initializer =
                            constant == 1 ? new Initializer.Uniform(0.5f, 1.5f) : new Initializer.Uniform(-0.5f, 0.5f),
                    }
                    : parameter;
                ParameterValues.Fill(drawn, seed: 5, values);
                return TensorValue.Of(parameter.Shape, values);
            },
            StringComparer.Ordinal
        );

    private static Graph Mlp()
    {
        var g = new GraphBuilder("mlp");
        var x = g.Apply(Dense(16, Tanh), g.Input(12));
        x = g.Apply(BatchNormalization(), g.Apply(Dropout(0.5f), x));
        return g.Build(g.Apply(Dropout(0.1f), g.Apply(Dense(5, Softmax), x)));
    }

    private static Graph Cnn()
    {
        var g = new GraphBuilder("cnn");
        var x = g.Apply(Conv2D(8, 3, padding: Padding.Same, bias: false), g.Input(15, 13, 3));
        x = g.Apply(Activate(Relu), g.Apply(BatchNormalization(epsilon: 1e-4f), x));
        x = g.Apply(MaxPooling2D(), x);
        x = g.Apply(Conv2D(8, (3, 2), Relu, strides: 2, padding: Padding.Same, groups: 4), x);
        x = g.Apply(AveragePooling2D(2, 1, Padding.Same), x);
        x = g.Apply(Conv2D(4, 2, Sigmoid, dilation: 2), x);
        return g.Build(g.Apply(Dense(3, LogSoftmax), g.Apply(Flatten(), x)));
    }

    private static Graph Residual()
    {
        var g = new GraphBuilder("residual");
        var image = g.Input(8, 8, 4);
        var branch = g.Apply(BatchNormalization(), g.Apply(Conv2D(4, 3, Relu, padding: Padding.Same), image));
        var sum = g.Add(image, branch);
        var gate = g.Multiply(sum, g.Apply(Conv2D(4, 1, Sigmoid), sum));
        return g.Build(g.Apply(Dense(10), g.Apply(GlobalAveragePooling2D(), gate)));
    }

    private static Graph Reshaped()
    {
        var g = new GraphBuilder("reshaped");
        var image = g.Apply(Reshape(4, -1, 2), g.Input(48));
        return g.Build(g.Apply(Conv2D(3, 3, padding: Padding.Same), image));
    }

    /// <summary>Settings that are attributes here, and inputs in ONNX.</summary>
    public static Graph Moved()
    {
        Operation Of(string type, string[] inputs, string[] outputs, params (string, AttributeValue)[] settings) =>
            new()
            {
                Name = $"the_{outputs[0]}",
                Type = type,
                Inputs = [.. inputs],
                Outputs = [.. outputs],
                Attributes = settings.ToImmutableSortedDictionary(s => s.Item1, s => s.Item2, StringComparer.Ordinal),
            };
        var fill = ConstantValue.ToOperation("value", TensorValue.Of(Shape.Of(1), [0.25f])).Attributes;
        return new()
        {
            Name = "moved",
            Inputs = [new("x", ElementType.Float32, Shape.OfBatch(4, 6))],
            Outputs = [new("y", ElementType.Float32, Shape.OfBatch(3))],
            Parameters = [],
            Operations =
            [
                Of("Clip", ["x"], ["clipped"], ("min", -0.5f), ("max", 0.75f)),
                Of("Pad", ["clipped"], ["padded"], ("pads", new long[] { 0, 0, 1, 0, 0, 1 }), ("value", 2f)),
                Of(
                    "Slice",
                    ["padded"],
                    ["sliced"],
                    ("starts", new long[] { 1 }),
                    ("ends", new long[] { 7 }),
                    ("axes", new long[] { 2 })
                ),
                Of("Split", ["sliced"], ["left", "middle", "right"], ("axis", 2L)),
                Of("Split", ["left"], ["first", "second"], ("axis", 2L), ("split", new long[] { 1, 1 })),
                Of("Concat", ["first", "middle", "right"], ["joined"], ("axis", 2L)),
                Of("Unsqueeze", ["joined"], ["wide"], ("axes", new long[] { 1 })),
                Of("Squeeze", ["wide"], ["narrow"], ("axes", new long[] { 1 })),
                Of("TopK", ["narrow"], ["top", "places"], ("k", 3L)),
                Of("Cast", ["places"], ["real"], ("to", "Float32")),
                Of("Shape", ["real"], ["lengths"]),
                Of("ConstantOfShape", ["lengths"], ["filled"], [.. fill.Select(a => (a.Key, a.Value))]),
                Of("Add", ["real", "filled"], ["moved"]),
                Of("Mul", ["moved", "top"], ["product"]),
                Of("ReduceSum", ["product"], ["y"], ("axes", new long[] { 1 }), ("keepdims", 0L)),
            ],
        };
    }

    /// <summary>A mean of elements that lie apart, which opset 18 does not have.</summary>
    public static Graph Dilated() =>
        new()
        {
            Name = "dilated",
            Inputs = [new("x", ElementType.Float32, Shape.OfBatch(1, 3, 2))],
            Outputs = [new("y", ElementType.Float32, Shape.OfBatch(1, 1, 2))],
            Parameters = [],
            Operations =
            [
                Op(
                    "AveragePool",
                    "y",
                    ["x"],
                    ("kernel_shape", new long[] { 2, 1 }),
                    ("dilations", new long[] { 2, 1 }),
                    ("auto_pad", "VALID"),
                    ("pads", new long[] { 0, 0, 0, 0 })
                ),
            ],
        };

    // What layers do not make: elements that lie apart, lengths rounded up, padding that counts.
    private static Graph Pools()
    {
        AttributeValue kernel = new long[] { 2, 3 };
        return new()
        {
            Name = "pools",
            Inputs = [new("x", ElementType.Float32, Shape.OfBatch(2, 9, 8))],
            Outputs =
            [
                new("z", ElementType.Float32, Shape.OfBatch(2, 5, 3)),
                new("n", ElementType.Float32, Shape.OfBatch(2, 1, 1)),
            ],
            Parameters = [],
            Operations =
            [
                Op(
                    "AveragePool",
                    "y",
                    ["x"],
                    ("kernel_shape", kernel),
                    ("dilations", new long[] { 1, 1 }),
                    ("pads", new long[] { 1, 1, 1, 1 }),
                    ("count_include_pad", 1)
                ),
                Op(
                    "MaxPool",
                    "z",
                    ["y"],
                    ("kernel_shape", kernel),
                    ("dilations", new long[] { 1, 2 }),
                    ("strides", new long[] { 2, 2 }),
                    ("ceil_mode", 1),
                    ("auto_pad", "NOTSET"),
                    ("pads", new long[] { 0, 0, 0, 1 })
                ),
                Op("GlobalLpPool", "n", ["x"], ("p", 3)),
            ],
        };
    }

    // Whole numbers where ONNX wants real ones, constants, a product of matrices, and a name that an exporter takes.
    private static Graph Sums() =>
        new()
        {
            Name = "sums",
            Inputs = [new("x", ElementType.Float32, Shape.OfBatch(6))],
            Outputs =
            [
                new("z", ElementType.Float32, Shape.OfBatch(2, 2)),
                new("d", ElementType.Float32, Shape.OfBatch(4)),
            ],
            Parameters = [Parameter("w", 6, 4), Parameter("z.shape", 4), Parameter("m", 4, 4)],
            Operations =
            [
                Op("Gemm", "a", ["x", "w", "z.shape"], ("alpha", 2), ("beta", 0.5f)),
                ConstantValue.ToOperation("c", TensorValue.Of(Shape.Of(1, 4), [1, -2, 3, -4])),
                Op("Mul", "b", ["a", "c"]),
                Op("MatMul", "e", ["b", "m"]),
                Op("Reshape", "z", ["e"], ("shape", new long[] { 0, 2, 2 })),
                Op("Identity", "d", ["b"]),
            ],
        };

    private static Parameter Parameter(string name, params long[] lengths) =>
        new()
        {
            Name = name,
            Shape = Shape.Of(lengths),
            Initializer = new Initializer.Uniform(-0.5f, 0.5f),
        };

    private static Operation Op(
        string type,
        string output,
        ImmutableArray<string> inputs,
        params (string Name, AttributeValue Value)[] attributes
    ) =>
        new()
        {
            Name = $"make {output}",
            Type = type,
            Inputs = inputs,
            Outputs = [output],
            Attributes = attributes.ToImmutableSortedDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal),
        };
}
