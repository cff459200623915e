using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Torch.Tests;

/// <summary>Small graphs spelt out by hand.</summary>
internal static class Graphs
{
    public static Parameter Weight(string name, bool trainable, params long[] shape) =>
        new()
        {
            Name = name,
            Shape = Shape.Of(shape),
            Initializer = new Initializer.Uniform(-0.5f, 0.5f),
            Trainable = trainable,
        };

    public static Parameter Weight(string name, params long[] shape) => Weight(name, true, shape);

    public static Operation Op(
        string type,
        string output,
        string[] inputs,
        params (string Name, AttributeValue Value)[] attributes
    ) =>
        new()
        {
            Name = $"op_{output}",
            Type = type,
            Inputs = [.. inputs],
            Outputs = [output],
            Attributes = attributes.ToImmutableSortedDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal),
        };

    public static Graph Of(
        long[] input,
        string output,
        long[] outputShape,
        Parameter[] parameters,
        params Operation[] ops
    ) =>
        new()
        {
            Name = "test",
            Inputs = [new("x", ElementType.Float32, Shape.OfBatch(input))],
            Outputs = [new(output, ElementType.Float32, Shape.OfBatch(outputShape))],
            Parameters = [.. parameters],
            Operations = [.. ops],
        };

    /// <summary>Dense layers with relu between them; ends in logits.</summary>
    public static Graph Mlp(params long[] widths)
    {
        var parameters = new List<Parameter>();
        var operations = new List<Operation>();
        var value = "x";
        for (var i = 1; i < widths.Length; i++)
        {
            parameters.Add(Weight($"dense_{i}.weight", widths[i], widths[i - 1]));
            parameters.Add(Weight($"dense_{i}.bias", widths[i]));
            operations.Add(Op("Gemm", $"dense_{i}", [value, $"dense_{i}.weight", $"dense_{i}.bias"], ("transB", 1)));
            value = $"dense_{i}";
            if (i < widths.Length - 1)
            {
                operations.Add(Op("Relu", $"relu_{i}", [value]));
                value = $"relu_{i}";
            }
        }
        return Of([widths[0]], value, [widths[^1]], [.. parameters], [.. operations]);
    }

    public static TrainingGraph Classifier(Graph graph, Optimizer? optimizer = null, long? ignore = null) =>
        new()
        {
            Graph = graph,
            Loss = new Loss.SparseCategoricalCrossentropy(FromLogits: true, ignore),
            Optimizer = optimizer ?? new Optimizer.Sgd(0.1f),
        };
}
