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

    /// <summary>The formats by the ending of their files: a further one is a line here.</summary>
    public static ImmutableArray<(string Name, string Ending, Action<BigModel, Stream> Write)> Formats { get; } =
    [
        ("ONNX", ".onnx", (model, file) => OnnxExporter.Export(model.Graph, model.Weights, file)),
        ("safetensors", ".safetensors", (model, file) => SafeTensorsFile.Write(file, model.Weights)),
        ("PyTorch state_dict", ".pt", (model, file) => StateDictWriter.Write(file, model.Graph, model.Weights)),
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
