using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>Checks one operation against its definition, and finds its output's type.</summary>
internal static class OperationInference
{
    public static TensorType Infer(Operation operation, IReadOnlyDictionary<string, TensorType> values)
    {
        OperationRegistry.RequireKnown([operation]);
        var definition = OperationRegistry.Find(operation.Type)!;
        CheckArity(operation, definition);
        CheckAttributes(operation, definition);
        var inputs = operation
            .Inputs.Select((name, i) => name.Length == 0 ? (TensorType?)null : Find(operation, name, values))
            .ToImmutableArray();
        var scope = new OperationScope(operation, definition, inputs);
        try
        {
            return definition.Infer(scope);
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
        var (least, most) = (definition.RequiredInputs, definition.Inputs.Length);
        var tooFew = operation.Inputs.Length < least || operation.Inputs.Take(least).Any(name => name.Length == 0);
        if (tooFew || operation.Inputs.Length > most)
        {
            throw new GraphException(
                $"Operation {operation.Name} ({operation.Type}) has the inputs ({string.Join(", ", operation.Inputs)}), "
                    + $"and must have {(least == most ? $"{most}" : $"{least} to {most}")}: "
                    + $"({string.Join(", ", definition.Inputs)})."
            );
        }
        if (operation.Outputs.Length != 1)
        {
            throw new GraphException(
                $"Operation {operation.Name} ({operation.Type}) has {operation.Outputs.Length} outputs, and must have 1."
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
