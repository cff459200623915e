using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// The same elements in the shape given by the attribute <c>shape</c>: 0 copies the input's length at that place, one
/// -1 takes what is left. (ONNX since opset 5 has the shape as an input; importers turn a constant one into this.)
/// </summary>
internal sealed class Reshape : IOperationDefinition
{
    public string Type => "Reshape";

    public ImmutableArray<string> Inputs => ["data"];

    public ImmutableArray<AttributeDefinition> Attributes => [AttributeDefinition.Ints("shape")];

    public TensorType Infer(OperationScope scope)
    {
        var input = scope.Shape(0);
        if (!scope.Operation.Attributes.ContainsKey("shape"))
        {
            throw scope.Error("shape is missing. Give the target lengths, such as (0, -1).");
        }
        var target = scope.Operation.Ints("shape");
        if (target.Any(length => length < -1) || target.Count(length => length == -1) > 1)
        {
            throw scope.Error($"shape is ({string.Join(", ", target)}). Lengths are at least 0, and one may be -1.");
        }
        var left = input.Dimensions.ToList();
        var result = new Dimension[target.Length];
        for (var i = 0; i < target.Length; i++)
        {
            if (target[i] == 0 && i >= input.Rank)
            {
                throw scope.Error(
                    $"shape has 0 (copy) at place {i}, and data has shape {input}. Give the length there."
                );
            }
            result[i] = target[i] == 0 ? input[i] : Math.Max(target[i], 0);
            if (!result[i].IsFixed)
            {
                left.Remove(result[i]);
            }
        }
        var rest = left.Where(d => d.IsFixed).Aggregate(1L, (product, d) => checked(product * d.Length));
        var symbols = left.Where(d => !d.IsFixed).ToArray();
        var given = result
            .Where((d, i) => target[i] != -1 && d.IsFixed)
            .Aggregate(1L, (product, d) => checked(product * d.Length));
        var free = target.IndexOf(-1);
        if (free >= 0 && symbols.Length == 1 && rest == given)
        {
            result[free] = symbols[0];
        }
        else if (free >= 0 && symbols.Length == 0 && given > 0 && rest % given == 0)
        {
            result[free] = rest / given;
        }
        else if (free >= 0 || symbols.Length > 0 || rest != given)
        {
            throw scope.Error(
                $"data has shape {input}, which does not reshape to ({string.Join(", ", target)}). "
                    + "Make the number of elements per sample equal, and keep the batch dimension (0)."
            );
        }
        return new(scope[0].Type, new([.. result]));
    }
}
