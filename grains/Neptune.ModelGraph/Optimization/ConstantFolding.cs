using System.Collections.Immutable;

namespace Neptune.ModelGraph;

/// <summary>Computes beforehand what depends on parameters and constants alone, such as a weight's transpose.</summary>
internal static class ConstantFolding
{
    // A result may be so much greater than what it makes superfluous: folding must not make files of megabytes out of a
    // few numbers that are repeated.
    private const long MostGrowthBytes = 64 * 1024;

    // Shapes are found out of constants that are known before a graph runs, and those are short.
    private const long MostConstantElements = 64;

    /// <summary>Changes the graph.</summary>
    /// <returns>How many operations are gone.</returns>
    public static int Apply(
        GraphRewrite graph,
        Func<Graph, ImmutableSortedDictionary<string, TensorValue>, ImmutableArray<TensorValue>> evaluate
    )
    {
        var folded = 0;
        foreach (var operation in graph.Operations)
        {
            if (!CanFold(graph, operation))
            {
                continue;
            }
            var trains = operation.Inputs.Any(name => graph.ParameterOf(name) is { Trainable: true });
            var values = Evaluate(graph, operation, evaluate).ToArray();
            if (values is [var (name, value)] && IsConstant(value))
            {
                graph.Replace(operation, ConstantValue.ToOperation(name, value) with { Name = operation.Name });
            }
            else
            {
                graph.Replace(operation, null);
                foreach (var result in values)
                {
                    graph.SetParameter(NewParameter(result.Name, result.Value, trains), result.Value);
                }
            }
            folded++;
        }
        return folded;
    }

    private static bool CanFold(GraphRewrite graph, Operation operation)
    {
        if (
            operation.Type == "Constant"
            || OperationRegistry.IsTrainingOnly(operation.Type)
            || operation.Outputs.Any(name => graph.IsOutput(name) || graph.IsStatistic(name))
        )
        {
            return false;
        }
        var freed = (Int128)MostGrowthBytes;
        foreach (var input in operation.Inputs.Where(name => name.Length > 0).Distinct(StringComparer.Ordinal))
        {
            if (graph.KnownValue(input) is not { } value)
            {
                return false;
            }
            freed += !graph.IsOutput(input) && graph.ReadersOf(input).Count() == 1 ? value.Bytes.Length : 0;
        }
        var needed = (Int128)0;
        foreach (var output in operation.Outputs.Where(name => name.Length > 0))
        {
            if (graph.TypeOf(output) is not { Shape.IsFixed: true } type)
            {
                return false;
            }
            needed += type.Type.SizeBytes(type.Shape.ToArray());
        }
        return needed <= freed;
    }

    private static IEnumerable<(string Name, TensorValue Value)> Evaluate(
        GraphRewrite graph,
        Operation operation,
        Func<Graph, ImmutableSortedDictionary<string, TensorValue>, ImmutableArray<TensorValue>> evaluate
    )
    {
        var inputs = operation
            .Inputs.Where(name => name.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .ToImmutableSortedDictionary(name => name, name => graph.KnownValue(name)!, StringComparer.Ordinal);
        var weights = inputs
            .Where(input => !IsConstant(input.Value))
            .ToImmutableSortedDictionary(StringComparer.Ordinal);
        ImmutableArray<string> outputs = [.. operation.Outputs.Where(name => name.Length > 0)];
        var part = new Graph
        {
            Name = operation.Name,
            Inputs = [],
            Outputs = [.. outputs.Select(name => Signature(name, graph.TypeOf(name)!.Value))],
            Operations =
            [
                .. inputs
                    .Where(input => IsConstant(input.Value))
                    .Select(input => ConstantValue.ToOperation(input.Key, input.Value)),
                operation,
            ],
            Parameters = [.. weights.Select(w => NewParameter(w.Key, w.Value, trainable: false))],
        };
        return outputs.Zip(evaluate(part, weights));
    }

    private static bool IsConstant(TensorValue value) =>
        !value.Type.IsFloating() && value.Shape.ElementCount() <= MostConstantElements;

    private static ValueSignature Signature(string name, TensorType type) => new(name, type.Type, type.Shape);

    private static Parameter NewParameter(string name, TensorValue value, bool trainable) =>
        new()
        {
            Name = name,
            Shape = value.Shape,
            Type = value.Type,
            Initializer = Initializer.Zeros,
            Trainable = trainable && value.Type.IsFloating(),
        };
}
