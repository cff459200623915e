using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>A convolution over one to three lengths: X (N, C, ...), W (M, C/group, ...), B (M).</summary>
internal sealed class Conv : IOperationDefinition
{
    public string Type => "Conv";

    public ImmutableArray<string> Inputs => ["X", "W", "B"];

    public int RequiredInputs => 2;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [
            AttributeDefinition.Text("auto_pad"),
            AttributeDefinition.Ints("dilations"),
            AttributeDefinition.Int("group"),
            AttributeDefinition.Ints("kernel_shape"),
            AttributeDefinition.Ints("pads"),
            AttributeDefinition.Ints("strides"),
        ];

    public TensorType Infer(OperationScope scope)
    {
        var type = scope.FloatingType();
        var x = scope.Image();
        var w = scope.Filters(x);
        var group = scope.Operation.Int("group", 1);
        if (group < 1 || w[0].Length % group != 0)
        {
            throw scope.Error($"group is {group}, and must be a divisor of the {w[0]} filters of W {w}.");
        }
        if (!x[1].MayEqual(checked(w[1].Length * group)))
        {
            throw scope.Error(
                $"X has shape {x} with {x[1]} channels, and W has shape {w} with group {group}, which takes "
                    + $"{w[1].Length * group} channels. Make them equal (X is (N, C, H, W))."
            );
        }
        scope.CheckBias(2, w[0].Length, w);
        return new(type, new([x[0], w[0], .. Window.Lengths(WindowSettings.Of(scope.Operation, x.Rank - 2, w), x)]));
    }
}
