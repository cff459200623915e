using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>Dimensions in the order of <c>perm</c>; reversed where it is left out.</summary>
internal sealed class Transpose : IOperationDefinition
{
    public string Type => "Transpose";

    public ImmutableArray<string> Inputs => ["data"];

    public ImmutableArray<AttributeDefinition> Attributes => [AttributeDefinition.Ints("perm")];

    public TensorType Infer(OperationScope scope)
    {
        var shape = scope.Shape(0);
        var perm = scope.Operation.Attributes.ContainsKey("perm")
            ? scope.Operation.Ints("perm")
            : [.. Enumerable.Range(0, shape.Rank).Reverse().Select(i => (long)i)];
        if (!perm.Order().SequenceEqual(Enumerable.Range(0, shape.Rank).Select(i => (long)i)))
        {
            throw scope.Error(
                $"perm is ({string.Join(", ", perm)}), and data has shape {shape}. "
                    + $"Give each of the {shape.Rank} axes from 0 once."
            );
        }
        return new(scope[0].Type, new([.. perm.Select(i => shape.Dimensions[(int)i])]));
    }
}
