using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>Arithmetic on what a graph takes, put before it.</summary>
public static class InputNormalization
{
    /// <summary>The graph, multiplying what it takes by a factor first.</summary>
    internal static Graph Scale(Graph graph, float factor)
    {
        // Two scales written in decimal, of one meaning, may differ in the last bits.
        return float.Abs(factor - 1) < 1e-5f ? graph : Before(graph, "Mul", "input_scale", Shape.Scalar, [factor]);
    }

    /// <summary>The graph, taking x and computing with (x - mean) / deviation.</summary>
    /// <param name="graph">One input of real numbers.</param>
    /// <param name="mean">One value, or one for each channel; empty for 0.</param>
    /// <param name="deviation">The same; empty for 1.</param>
    /// <exception cref="GraphException">There are neither one nor as many values as channels, or a deviation of 0.</exception>
    public static Graph Normalize(Graph graph, ImmutableArray<float> mean, ImmutableArray<float> deviation)
    {
        if (mean.IsEmpty && deviation.IsEmpty)
        {
            return graph;
        }
        if (graph.Inputs is not [{ Type: ElementType.Float32 }])
        {
            throw new GraphException(
                $"Graph {graph.Name} takes ({string.Join(", ", graph.Inputs)}). Mean and deviation are for one input of "
                    + "Float32."
            );
        }
        if (deviation.Any(d => d == 0 || !float.IsFinite(d)) || mean.Any(m => !float.IsFinite(m)))
        {
            throw new GraphException("A mean must be finite, and a deviation finite and not 0.");
        }
        // What is put before comes to act first.
        graph = deviation.IsEmpty
            ? graph
            : Before(graph, "Div", "input_deviation", ShapeOf(graph, deviation), deviation);
        return mean.IsEmpty ? graph : Before(graph, "Sub", "input_mean", ShapeOf(graph, mean), mean);
    }

    private static Shape ShapeOf(Graph graph, ImmutableArray<float> values)
    {
        if (values.Length == 1)
        {
            return Shape.Scalar;
        }
        var shape = graph.Inputs[0].Shape;
        var isFirst = ImageLayout.IsChannelsFirst(graph);
        var channels = shape is { IsKnown: true, Rank: > 1 } ? shape[isFirst ? 1 : -1] : default;
        if (!channels.IsFixed || channels.Length != values.Length)
        {
            throw new GraphException(
                $"There are {values.Length} values of mean or deviation, and graph {graph.Name} takes {shape}. Give one "
                    + "value, or one for each channel."
            );
        }
        return isFirst ? Shape.Of(values.Length, 1, 1) : Shape.Of(values.Length);
    }

    private static Graph Before(Graph graph, string type, string what, Shape shape, ImmutableArray<float> values)
    {
        var input = graph.Inputs[0];
        var names = new FreeNames(graph);
        var (samples, constant) = (names.Take("samples"), names.Take(what));
        var operation = new Operation
        {
            Name = names.Take($"{what}.applied"),
            Type = type,
            Inputs = [samples, constant],
            Outputs = [input.Name],
        };
        return graph with
        {
            Inputs = [input with { Name = samples }],
            Operations =
            [
                ConstantValue.ToOperation(constant, TensorValue.Of(shape, values.AsSpan())),
                operation,
                .. graph.Operations,
            ],
        };
    }
}
