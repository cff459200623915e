using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>X stretched along each axis by <c>scales</c>, an input or an attribute. Newer models say Resize.</summary>
internal sealed class Upsample : IOperationDefinition
{
    public string Type => "Upsample";

    public ImmutableArray<string> Inputs => ["X", "scales"];

    public int RequiredInputs => 1;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [AttributeDefinition.Text("mode"), AttributeDefinition.Floats("scales")];

    public TensorType Infer(OperationScope scope)
    {
        if (scope.Operation.Text("mode", "nearest") is not ("nearest" or "linear" or "bilinear") and var mode)
        {
            throw scope.Error($"mode is {mode}. Valid are nearest and linear.");
        }
        var x = scope.Shape(0);
        var scales = scope.Operation.Floats("scales");
        if (!scales.IsEmpty)
        {
            return scales.Length == x.Rank
                ? new(scope[0].Type, new([.. x.Dimensions.Select((d, i) => Resize.Scaled(scope, d, scales[i]))]))
                : throw scope.Error($"scales has {scales.Length} numbers, and X has shape {x}. Give {x.Rank}.");
        }
        return scope.Has(1)
            ? new(scope[0].Type, new([.. Enumerable.Repeat(Dimension.Unknown, x.Rank)]))
            : throw scope.Error("scales is missing. Give a factor for each axis.");
    }
}
