using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Torch.Tests;

/// <summary>Puts an inference graph together, layer by layer, with weights drawn from a key.</summary>
internal sealed class RandomNet(ulong seed)
{
    private const long Channels = 4;
    private readonly GraphAssembler _graph = new("net");
    private readonly ImmutableSortedDictionary<string, TensorValue>.Builder _weights =
        ImmutableSortedDictionary.CreateBuilder<string, TensorValue>(StringComparer.Ordinal);
    private KeyedRandom _random = new(seed);

    /// <summary>The names of the layers that <see cref="Image"/> knows by number.</summary>
    public static readonly ImmutableArray<string> ImageLayers =
    [
        "conv",
        "grouped conv",
        "transposed conv",
        "grouped transposed conv",
        "normalization",
        "relu",
        "identity",
        "dropout",
        "residual",
        "shared conv",
        "computed filters",
    ];

    /// <summary>A net of those layers on images (N, 4, 5, 6), then dense ones of kinds 0 to 4 on features.</summary>
    public static InferencePackage Of(ulong seed, int[] image, int[] features)
    {
        var net = new RandomNet(seed);
        net._graph.AddInput(new("x", ElementType.Float32, Shape.OfBatch(Channels, 5, 6)));
        var value = image.Aggregate("x", (current, layer) => net.Image(layer, current));
        value = net.Append("Flatten", [net.Append("GlobalAveragePool", [value])]);
        value = features.Aggregate(value, (current, layer) => net.Features(layer, current));
        return net.Build(value);
    }

    private string Image(int layer, string x) =>
        ImageLayers[layer] switch
        {
            "conv" => Conv(x, Weight("weight", Channels, Channels, 3, 3), ("pads", new long[] { 1, 1, 1, 1 })),
            "grouped conv" => Conv(
                x,
                Weight("weight", Channels, 2, 3, 3),
                ("pads", new long[] { 1, 1, 1, 1 }),
                ("group", 2L)
            ),
            "transposed conv" => Append(
                "ConvTranspose",
                [x, Weight("weight", Channels, Channels, 3, 3), Weight("bias", Channels)],
                ("pads", new long[] { 1, 1, 1, 1 })
            ),
            "grouped transposed conv" => Append(
                "ConvTranspose",
                [x, Weight("weight", Channels, 2, 3, 3)],
                ("pads", new long[] { 1, 1, 1, 1 }),
                ("group", 2L)
            ),
            "normalization" => Normalize(x),
            "relu" => Append("Relu", [x]),
            "identity" => Append("Identity", [x]),
            "dropout" => Append("Dropout", [x]),
            "residual" => Append("Add", [x, Normalize(x)]),
            "shared conv" => Shared(x),
            _ => Conv(
                x,
                Append("Transpose", [Weight("weight", Channels, Channels, 1, 1)], ("perm", new long[] { 1, 0, 2, 3 }))
            ),
        };

    private string Features(int layer, string x) =>
        layer switch
        {
            0 => Append("Gemm", [x, Weight("weight", Channels, Channels), Weight("bias", Channels)], ("transB", 1L)),
            1 => Append(
                "Gemm",
                [x, Weight("weight", Channels, Channels), Weight("bias", 1, Channels)],
                ("alpha", 0.5f),
                ("beta", 2f)
            ),
            2 => Append("MatMul", [x, Append("Transpose", [Weight("weight", Channels, Channels)])]),
            3 => Normalize(x),
            _ => Append("Add", [x, Append("Neg", [Weight("offset", Channels)])]),
        };

    private string Conv(string x, string weight, params (string, AttributeValue)[] attributes) =>
        Append("Conv", [x, weight], attributes);

    // Two convolutions of one weight, each with a normalization of its own.
    private string Shared(string x)
    {
        var weight = Weight("weight", Channels, Channels, 1, 1);
        return Append("Add", [Normalize(Conv(x, weight)), Normalize(Conv(x, weight))]);
    }

    private string Normalize(string x) =>
        Append(
            "BatchNormalization",
            [
                x,
                Weight("gamma", Channels),
                Weight("beta", Channels),
                Weight("running_mean", false, 0, Channels),
                Weight("running_var", false, 1.2, Channels),
            ]
        );

    private string Weight(string name, params long[] shape) => Weight(name, true, 0, shape);

    private string Weight(string name, bool trainable, double mean, params long[] shape)
    {
        var parameter = new Parameter
        {
            Name = _graph.FreeName(name),
            Shape = Shape.Of(shape),
            Initializer = Initializer.Zeros,
            Trainable = trainable,
        };
        var values = new float[parameter.Shape.ElementCount()];
        foreach (ref var value in values.AsSpan())
        {
            value = (float)(mean + _random.NextDouble() - 0.5);
        }
        _graph.AddParameter(parameter);
        _weights.Add(parameter.Name, TensorValue.Of(parameter.Shape, values));
        return parameter.Name;
    }

    private string Append(string type, string[] inputs, params (string Name, AttributeValue Value)[] attributes)
    {
        var name = _graph.FreeName(type);
        _graph.Append(Graphs.Op(type, name, inputs, attributes) with { Name = name });
        return name;
    }

    private InferencePackage Build(string output) =>
        new()
        {
            Graph = new() { Graph = _graph.Build([output]) },
            Weights = _weights.ToImmutable(),
            Lineage = new(),
        };
}
