using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>Checks one operation against its definition, and finds its output's type.</summary>
internal static class OperationInference
{
    /// <summary>The types of all outputs of an operation whose inputs' types are known.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="values">Types by value.</param>
    /// <param name="known">Elements by value, where they are known; receives those of the first output.</param>
    public static ImmutableArray<TensorType> Infer(
        Operation operation,
        IReadOnlyDictionary<string, TensorType> values,
        IDictionary<string, KnownElements>? known = null
    )
    {
        OperationRegistry.RequireKnown([operation]);
        var definition = OperationRegistry.Find(operation.Type)!;
        CheckArity(operation, definition);
        CheckAttributes(operation, definition);
        var inputs = operation
            .Inputs.Select((name, i) => name.Length == 0 ? (TensorType?)null : Find(operation, name, values))
            .ToImmutableArray();
        var scope = new OperationScope(operation, definition, inputs, known);
        try
        {
            var isOpen = inputs.Any(type => type is { Shape.IsKnown: false });
            var types = isOpen
                ? [.. definition.TypesOf(scope).Select(type => new TensorType(type, Shape.Unknown))]
                : definition.InferAll(scope);
            if (known is not null && definition.Know(scope) is { Elements.Length: <= KnownElements.Most } elements)
            {
                known[operation.Outputs[0]] = elements;
            }
            return types;
        }
        catch (OverflowException)
        {
            throw scope.Error(
                "A length is greater than a 64-bit number holds. Make dimensions and attributes smaller."
            );
        }
    }

    private static TensorType Find(Operation operation, string name, IReadOnlyDictionary<string, TensorType> values) =>
        values.TryGetValue(name, out var type)
            ? type
            : throw new GraphException(
                $"Operation {operation.Name} ({operation.Type}) reads {name}, which nothing before it makes. "
                    + $"{NearestNames.Offer(name, values.Keys)} Operations must stand in topological order."
            );

    private static void CheckArity(Operation operation, IOperationDefinition definition)
    {
        var least = definition.RequiredInputs;
        var most = definition.IsVariadic ? int.MaxValue : definition.Inputs.Length;
        var tooFew = operation.Inputs.Length < least || operation.Inputs.Take(least).Any(name => name.Length == 0);
        if (tooFew || operation.Inputs.Length > most)
        {
            throw new GraphException(
                $"Operation {operation.Name} ({operation.Type}) has the inputs ({string.Join(", ", operation.Inputs)}), "
                    + $"and must have {(least == most ? $"{most}" : definition.IsVariadic ? $"at least {least}" : $"{least} to {most}")}: "
                    + $"({string.Join(", ", definition.Inputs)})."
            );
        }
        if (
            operation.Outputs.Length < 1
            || operation.Outputs.Length > definition.MostOutputs
            || operation.Outputs[0].Length == 0
        )
        {
            throw new GraphException(
                $"Operation {operation.Name} ({operation.Type}) has {operation.Outputs.Length} outputs, and must have "
                    + (definition.MostOutputs == 1 ? "1." : $"1 to {definition.MostOutputs}, the first of them named.")
            );
        }
    }

    private static void CheckAttributes(Operation operation, IOperationDefinition definition)
    {
        foreach (var (name, value) in operation.Attributes)
        {
            var known =
                definition.Attributes.FirstOrDefault(attribute => attribute.Name == name)
                ?? throw new GraphException(
                    $"Operation {operation.Name} ({operation.Type}) has the attribute {name}, which is not known. "
                        + (
                            definition.Attributes.IsEmpty
                                ? "It takes no attributes."
                                : NearestNames.Offer(name, definition.Attributes.Select(attribute => attribute.Name))
                        )
                );
            if (!known.Accepts(value))
            {
                throw new GraphException(
                    $"Operation {operation.Name} ({operation.Type}): attribute {name} is of kind "
                        + $"{value.GetType().Name}, and must be of kind {known.Kind}."
                );
            }
            if (value is AttributeValue.Float { Value: var real } && !float.IsFinite(real))
            {
                throw new GraphException(
                    $"Operation {operation.Name} ({operation.Type}): attribute {name} is {real}, and must be finite."
                );
            }
        }
    }
}
