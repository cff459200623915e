using Neptune.ModelGraph;

namespace Neptune.Torch;

/// <summary>Checks values that a caller gives for a graph's inputs.</summary>
internal static class RunInputs
{
    /// <exception cref="ArgumentException">One is missing, unknown, or of another type or shape.</exception>
    public static void Check(Graph graph, IReadOnlyDictionary<string, TensorValue> inputs)
    {
        var names = graph.Inputs.Select(input => input.Name).ToArray();
        if (inputs.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            throw new ArgumentException(
                $"Graph {graph.Name} has no input {unknown}. {NearestNames.Offer(unknown, names)}",
                nameof(inputs)
            );
        }
        foreach (var input in graph.Inputs)
        {
            if (!inputs.TryGetValue(input.Name, out var value))
            {
                throw new ArgumentException($"Input {input} is missing. Give a value for it.", nameof(inputs));
            }
            if (value.Type != input.Type || !Fits(value.Shape, input.Shape))
            {
                throw new ArgumentException(
                    $"Input {input.Name} is given as {value.Type} {value.Shape}, and must be {input.Type} {input.Shape}.",
                    nameof(inputs)
                );
            }
        }
    }

    // Symbols stand for any length.
    private static bool Fits(Shape given, Shape wanted) =>
        !wanted.IsKnown
        || (
            given.Rank == wanted.Rank
            && wanted.Dimensions.Zip(given.Dimensions).All(pair => !pair.First.IsFixed || pair.First == pair.Second)
        );
}
