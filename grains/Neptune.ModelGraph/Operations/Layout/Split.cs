using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// Parts of a tensor along <c>axis</c> (0 by default): of the lengths <c>split</c> (an attribute, or an input),
/// else of equal
/// length, of which the last may be shorter.
/// </summary>
internal sealed class Split : IOperationDefinition
{
    public string Type => "Split";

    public ImmutableArray<string> Inputs => ["input", "split"];

    public int RequiredInputs => 1;

    public int MostOutputs => int.MaxValue;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [AttributeDefinition.Int("axis"), AttributeDefinition.Ints("split"), AttributeDefinition.Int("num_outputs")];

    public TensorType Infer(OperationScope scope) => InferAll(scope)[0];

    public ImmutableArray<TensorType> InferAll(OperationScope scope)
    {
        var shape = scope.Shape(0);
        var axis = scope.Axis("axis", 0, shape.Rank);
        var parts = scope.Operation.Outputs.Length;
        if (scope.Operation.Int("num_outputs", parts) is var wanted && wanted != parts)
        {
            throw scope.Error($"num_outputs is {wanted}, and there are {parts} outputs. Make them equal.");
        }
        var lengths = scope.IntsOrInput("split", 1) is { } split
            ? Given(scope, shape, axis, split)
            : (scope.Has(1) ? [.. Enumerable.Repeat(Dimension.Unknown, parts)] : Equal(scope, shape[axis], parts));
        return
        [
            .. lengths.Select(length => new TensorType(scope[0].Type, new(shape.Dimensions.SetItem(axis, length)))),
        ];
    }

    private static ImmutableArray<Dimension> Given(
        OperationScope scope,
        Shape shape,
        int axis,
        ImmutableArray<long> split
    )
    {
        var fits =
            split.Length == scope.Operation.Outputs.Length
            && split.All(length => length >= 0)
            && (!shape[axis].IsFixed || split.Aggregate(0L, (a, b) => checked(a + b)) == shape[axis].Length);
        return fits
            ? [.. split.Select(length => Dimension.Fixed(length))]
            : throw scope.Error(
                $"split is ({string.Join(", ", split)}), input has shape {shape}, and there are "
                    + $"{scope.Operation.Outputs.Length} outputs. Give one length for each, which add up "
                    + $"to that of axis {axis}."
            );
    }

    private static ImmutableArray<Dimension> Equal(OperationScope scope, Dimension length, int parts)
    {
        if (!length.IsFixed)
        {
            return [.. Enumerable.Repeat(parts == 1 ? length : Dimension.Unknown, parts)];
        }
        var part = (length.Length + parts - 1) / parts;
        return part * (parts - 1) <= length.Length
            ? [.. Enumerable.Repeat(Dimension.Fixed(part), parts - 1), length.Length - (part * (parts - 1))]
            : throw scope.Error(
                $"input has length {length} along its axis, which does not divide into {parts} parts of {part}."
            );
    }
}
