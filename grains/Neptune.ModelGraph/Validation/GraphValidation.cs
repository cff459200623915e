using System.Text;

namespace Neptune.ModelGraph;

/// <summary>Checks a graph that came from outside, or was put together by hand.</summary>
public static class GraphValidation
{
    /// <summary>Names longer than this are refused.</summary>
    public const int MaximumNameLength = 1024;

    /// <summary>
    /// Throws unless names are legal and unique, operators known, operations in topological order, parameters of fixed
    /// shape, all shapes fit, and declared outputs exist with the shapes that are inferred.
    /// </summary>
    /// <exception cref="GraphException">The graph is not valid; the message says where and why.</exception>
    public static void Check(Graph graph)
    {
        if (graph.Inputs.IsEmpty || graph.Outputs.IsEmpty)
        {
            throw new GraphException($"Graph {graph.Name} must have at least one input and one output.");
        }
        CheckNames(graph);
        CheckParameters(graph);
        var values = GraphShapes.Infer(graph);
        foreach (var output in graph.Outputs)
        {
            if (!values.TryGetValue(output.Name, out var type))
            {
                throw new GraphException(
                    $"Output {output.Name} is not made by any operation. {NearestNames.Offer(output.Name, values.Keys)}"
                );
            }
            if (type.Type != output.Type || !type.Shape.MayEqual(output.Shape))
            {
                throw new GraphException(
                    $"Output {output.Name} is declared as {output.Type} {output.Shape}, and the operations make {type}. "
                        + "Declare what they make."
                );
            }
        }
        RequireUnique("outputs", graph.Outputs.Select(output => output.Name));
    }

    private static void CheckNames(Graph graph)
    {
        CheckName("The graph", graph.Name);
        foreach (var signature in graph.Inputs.Concat(graph.Outputs))
        {
            CheckName("An input or output", signature.Name);
        }
        foreach (var parameter in graph.Parameters)
        {
            CheckName("A parameter", parameter.Name);
        }
        foreach (var operation in graph.Operations)
        {
            CheckName("An operation", operation.Name);
            foreach (var output in operation.Outputs.Where(name => name.Length > 0))
            {
                CheckName($"A value of operation {operation.Name}", output);
            }
        }
        RequireUnique("operations", graph.Operations.Select(operation => operation.Name));
    }

    private static void CheckName(string what, string name)
    {
        if (name.Length is 0 or > MaximumNameLength)
        {
            throw new GraphException(
                $"{what} has a name of {name.Length} characters. Names have 1 to {MaximumNameLength}."
            );
        }
        // A lone surrogate has no UTF-8 form: two names would be one in a file.
        if (name.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar || Rune.IsControl(rune)))
        {
            throw new GraphException(
                $"{what} has the name {System.Text.Json.JsonSerializer.Serialize(name)}, which holds a control character "
                    + "or broken Unicode. Rename it."
            );
        }
    }

    private static void CheckParameters(Graph graph)
    {
        var total = 0L;
        foreach (var parameter in graph.Parameters)
        {
            if (!parameter.Shape.IsFixed)
            {
                throw new GraphException(
                    $"Parameter {parameter.Name} has shape {parameter.Shape}. A parameter's lengths must be fixed numbers."
                );
            }
            try
            {
                total = checked(total + parameter.Shape.ElementCount());
            }
            catch (OverflowException)
            {
                throw new GraphException(
                    $"Parameter {parameter.Name} has shape {parameter.Shape}: that is more elements than can be counted."
                );
            }
        }
    }

    private static void RequireUnique(string what, IEnumerable<string> names)
    {
        var twice = names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any());
        if (twice is not null)
        {
            throw new GraphException($"Two {what} are called {twice.Key}. Rename one.");
        }
    }
}
