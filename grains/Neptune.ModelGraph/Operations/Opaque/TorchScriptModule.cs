using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// A whole TorchScript model, whose archive's bytes are the first input; libtorch runs it, for inference alone. What its
/// outputs are is not known before it runs, unless <see cref="OpaqueModule"/> has written it down: <c>types</c> by name,
/// <c>ranks</c>, and <c>lengths</c> one after the other, where -1 stands for the batch and -2 for any.
/// </summary>
internal sealed class TorchScriptModule : IOperationDefinition
{
    /// <summary>Stands in <c>lengths</c> for the batch.</summary>
    public const long Batch = -1;

    /// <summary>Stands in <c>lengths</c> for any length.</summary>
    public const long Any = -2;

    public string Type => OpaqueModule.Type;

    public ImmutableArray<string> Inputs => ["archive", "inputs"];

    public bool IsVariadic => true;

    public int MostOutputs => OpaqueModule.MostOutputs;

    public bool InferenceOnly => true;

    public bool IsOnnx => false;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [AttributeDefinition.Texts("types"), AttributeDefinition.Ints("ranks"), AttributeDefinition.Ints("lengths")];

    public TensorType Infer(OperationScope scope) => InferAll(scope)[0];

    public ImmutableArray<ElementType> TypesOf(OperationScope scope) => [.. InferAll(scope).Select(type => type.Type)];

    public ImmutableArray<TensorType> InferAll(OperationScope scope)
    {
        if (scope[0] is not { Type: ElementType.UInt8, Shape: { IsKnown: true, Rank: 1 } })
        {
            throw scope.Error($"archive is {scope[0]}, and must be a vector of UInt8: the bytes of a file.");
        }
        var names = scope.Operation.Texts("types");
        var count = scope.Operation.Outputs.Length;
        if (names.IsEmpty)
        {
            return [.. Enumerable.Repeat(new TensorType(ElementType.Float32, Shape.Unknown), count)];
        }
        var (ranks, lengths) = (scope.Operation.Ints("ranks"), scope.Operation.Ints("lengths"));
        if (
            names.Length != count
            || ranks.Length != count
            || ranks.Any(rank => rank < 0 || rank > lengths.Length)
            || ranks.Sum() != lengths.Length
            || lengths.Any(length => length < Any)
        )
        {
            throw scope.Error(
                $"types, ranks and lengths have {names.Length}, {ranks.Length} and {lengths.Length} entries, which do not "
                    + $"describe {count} outputs."
            );
        }
        var types = ImmutableArray.CreateBuilder<TensorType>(count);
        var at = 0;
        for (var output = 0; output < count; output++)
        {
            if (!Enum.TryParse<ElementType>(names[output], out var type) || !Enum.IsDefined(type))
            {
                throw scope.Error(
                    $"types holds {names[output]}. {NearestNames.Offer(names[output], Enum.GetNames<ElementType>())}"
                );
            }
            types.Add(new(type, new([.. lengths.Slice(at, (int)ranks[output]).Select(DimensionOf)])));
            at += (int)ranks[output];
        }
        return types.MoveToImmutable();
    }

    private static Dimension DimensionOf(long length) =>
        length switch
        {
            Batch => Dimension.Batch,
            Any => Dimension.Unknown,
            _ => length,
        };
}
