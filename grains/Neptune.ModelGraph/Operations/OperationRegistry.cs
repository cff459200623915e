using System.Collections.Frozen;
using System.Collections.Immutable;
using Neptune.ModelGraph.Operations;

namespace Neptune.ModelGraph;

/// <summary>The operators that Neptune knows: all classes of this assembly that define one.</summary>
public static class OperationRegistry
{
    private static readonly FrozenDictionary<string, IOperationDefinition> Definitions = Find<IOperationDefinition>()
        .Concat(Find<IOperationFamily>().SelectMany(family => family.Members))
        .ToFrozenDictionary(definition => definition.Type, StringComparer.Ordinal);

    /// <summary>The names of the known operators, in ordinal order.</summary>
    public static ImmutableArray<string> Types { get; } = [.. Definitions.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The names that ONNX gives to an operator's inputs.</summary>
    /// <exception cref="GraphException">The operator is not known.</exception>
    public static ImmutableArray<string> InputsOf(string type) => Require(type).Inputs;

    /// <summary>The most outputs that an operator has.</summary>
    /// <exception cref="GraphException">The operator is not known.</exception>
    public static int MostOutputsOf(string type) => Require(type).MostOutputs;

    /// <summary>True where <paramref name="type"/> is a known operator.</summary>
    public static bool Knows(string type) => Definitions.ContainsKey(type);

    /// <summary>True where <paramref name="type"/> is a known operator of ONNX's.</summary>
    public static bool IsOnnx(string type) => Find(type)?.IsOnnx ?? false;

    /// <summary>True for an operator that acts in training alone, such as Dropout; false for unknown ones.</summary>
    public static bool IsTrainingOnly(string type) => Find(type)?.TrainingOnly ?? false;

    /// <summary>True for an operator that answers and cannot be trained, which ONNX does not have; false for unknown ones.</summary>
    public static bool IsInferenceOnly(string type) => Find(type)?.InferenceOnly ?? false;

    /// <summary>The names of an operator's attributes, in ordinal order.</summary>
    /// <exception cref="GraphException">The operator is not known.</exception>
    public static ImmutableArray<string> AttributesOf(string type) =>
        [.. Require(type).Attributes.Select(a => a.Name).Order(StringComparer.Ordinal)];

    internal static IOperationDefinition? Find(string type) => Definitions.GetValueOrDefault(type);

    /// <summary>Throws where operators are unknown: one error for all of them, with the operations that use them.</summary>
    internal static void RequireKnown(IEnumerable<Operation> operations)
    {
        var unknown = operations
            .Where(operation => !Knows(operation.Type))
            .GroupBy(operation => operation.Type, StringComparer.Ordinal)
            .Select(group => $"{group.Key} (in {Names(group)}). {NearestNames.Offer(group.Key, Types)}")
            .ToArray();
        if (unknown.Length > 0)
        {
            throw new GraphException(
                unknown.Length == 1
                    ? $"The graph uses an operator that is not known: {unknown[0]}"
                    : $"The graph uses {unknown.Length} operators that are not known:\n{string.Join('\n', unknown)}"
            );
        }
    }

    private static IOperationDefinition Require(string type) =>
        Find(type) ?? throw new GraphException($"Operator {type} is not known. {NearestNames.Offer(type, Types)}");

    // Nested classes with parameters are members of families.
    private static IEnumerable<T> Find<T>() =>
        typeof(T)
            .Assembly.GetTypes()
            .Where(type =>
                type is { IsClass: true, IsAbstract: false }
                && type.IsAssignableTo(typeof(T))
                && type.GetConstructor(Type.EmptyTypes) is not null
            )
            .Select(type => (T)Activator.CreateInstance(type)!);

    private static string Names(IEnumerable<Operation> operations)
    {
        var names = operations.Select(operation => operation.Name).ToArray();
        return string.Join(", ", names.Take(10)) + (names.Length > 10 ? $" and {names.Length - 10} more" : "");
    }
}
