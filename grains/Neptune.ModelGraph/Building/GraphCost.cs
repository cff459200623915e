namespace Neptune.ModelGraph;

/// <summary>Counts what a graph computes.</summary>
public static class GraphCost
{
    /// <summary>
    /// Floating-point operations of a forward pass over one sample: a multiplication and an addition count as two, all other
    /// operators as one for each element that they give. Symbols count as 1; null where a length is not known.
    /// </summary>
    /// <exception cref="GraphException">The graph is not valid.</exception>
    public static double? OfSample(Graph graph)
    {
        var types = GraphShapes.Infer(graph);
        var sum = 0.0;
        foreach (var operation in graph.Operations)
        {
            if (Of(operation, types) is not { } cost)
            {
                return null;
            }
            sum += cost;
        }
        return sum;
    }

    private static double? Of(Operation operation, IReadOnlyDictionary<string, TensorType> types)
    {
        if (Elements(types[operation.Outputs[0]].Shape) is not { } output)
        {
            return null;
        }
        return operation.Type switch
        {
            "Constant" or "Identity" or "Reshape" or "Flatten" or "Transpose" or "Squeeze" or "Unsqueeze" or "Shape" =>
                0,
            "Conv" => 2 * output * Inner(types[operation.Inputs[1]].Shape, 1),
            "ConvTranspose" => 2
                * (Elements(types[operation.Inputs[0]].Shape) * Inner(types[operation.Inputs[1]].Shape, 1)),
            "Gemm" => 2 * output * Length(types[operation.Inputs[0]].Shape, operation.Int("transA", 0) != 0 ? 0 : 1),
            "MatMul" => 2
                * output
                * Length(types[operation.Inputs[0]].Shape, types[operation.Inputs[0]].Shape.Rank - 1),
            // Each time step reads both matrices of weights once.
            "LSTM" or "GRU" or "RNN" => 2
                * Length(types[operation.Inputs[0]].Shape, 0)
                * (Elements(types[operation.Inputs[1]].Shape) + Elements(types[operation.Inputs[2]].Shape)),
            _ => output,
        };
    }

    private static double? Elements(Shape shape) => Inner(shape, 0);

    private static double? Inner(Shape shape, int from)
    {
        if (!shape.IsKnown || shape.Dimensions.Any(d => d.IsUnknown))
        {
            return null;
        }
        return shape.Dimensions.Skip(from).Aggregate(1.0, (product, d) => product * (d.IsFixed ? d.Length : 1));
    }

    private static double? Length(Shape shape, int axis) =>
        !shape.IsKnown || axis < 0 || axis >= shape.Rank || shape[axis].IsUnknown ? null
        : shape[axis].IsFixed ? shape[axis].Length
        : 1;
}
