using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.Formats;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Benchmarks;

/// <summary>A model of dense layers with random weights, and the formats in which it can be written.</summary>
internal sealed class BigModel
{
    private BigModel(Graph graph, ImmutableSortedDictionary<string, TensorValue> weights) =>
        (Graph, Weights) = (graph, weights);

    /// <summary>What is imported; files of mere weights are put onto it.</summary>
    public Graph Graph { get; }

    /// <summary>The weights.</summary>
    public ImmutableSortedDictionary<string, TensorValue> Weights { get; }

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<(TensorValue Weight, TensorValue Bias)> Layers =>
        [.. Graph.Parameters.Chunk(2).Select(pair => (Weights[pair[0].Name], Weights[pair[1].Name]))];

    /// <summary>The formats by the ending of their files: a further one is a line here.</summary>
    public static ImmutableArray<BigModelFormat> Formats { get; } =
    [
        new("ONNX", ".onnx", true, (model, file) => OnnxExporter.Export(model.Graph, model.Weights, file)),
        new("safetensors", ".safetensors", false, (model, file) => SafeTensorsFile.Write(file, model.Weights)),
        new(
            "PyTorch state_dict",
            ".pt",
            false,
            (model, file) => StateDictWriter.Write(file, model.Graph, model.Weights)
        ),
        new("Keras HDF5", ".h5", true, (model, file) => KerasWriter.Write("h5", file, model.Layers)),
        new("Keras 3", ".keras", true, (model, file) => KerasWriter.Write("keras", file, model.Layers)),
        new("TensorFlow frozen graph", ".pb", true, (model, file) => TensorFlowWriter.Write(file, model.Layers)),
        new("Caffe", ".caffemodel", true, (model, file) => CaffeWriter.Write(file, model.Layers)),
    ];

    /// <summary>A model of four layers as wide as they are high.</summary>
    /// <param name="width">2,560 makes 105 MB.</param>
    public static BigModel Of(int width)
    {
        var graph = Sequential
            .Of(Dense(width), Dense(width), Dense(width), Dense(width))
            .Compile(Sgd(), MeanSquaredError())
            .Build(Shape.Of(width))
            .Graph;
        return new(
            graph,
            graph.Parameters.ToImmutableSortedDictionary(p => p.Name, p => Draw(p), StringComparer.Ordinal)
        );
    }

    private static TensorValue Draw(Parameter parameter)
    {
        var values = new byte[parameter.Shape.ElementCount() * sizeof(float)];
        ParameterValues.Fill(
            parameter with
            {
                Initializer = new Initializer.Uniform(-1, 1),
            },
            1,
            MemoryMarshal.Cast<byte, float>(values.AsSpan())
        );
        return new(ElementType.Float32, parameter.Shape, values);
    }
}
