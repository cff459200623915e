using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>A 2-D convolution: X (N, C, H, W), W (M, C/group, kH, kW), B (M).</summary>
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
        var x = scope.ShapeOfRank(0, 4, "(N, C, H, W); only 2-D convolutions are known");
        var w = scope.ShapeOfRank(1, 4, "(M, C/group, kH, kW)");
        if (!w.IsFixed || w.Dimensions.Any(d => d.Length == 0))
        {
            throw scope.Error($"W has shape {w}, and must have fixed lengths greater than 0.");
        }
        var group = scope.Operation.Int("group", 1);
        if (group < 1 || w[0].Length % group != 0)
        {
            throw scope.Error($"group is {group}, and must be a divisor of the {w[0]} filters of W {w}.");
        }
        if (x[1] != checked(w[1].Length * group))
        {
            throw scope.Error(
                $"X has shape {x} with {x[1]} channels, and W has shape {w} with group {group}, which takes "
                    + $"{w[1].Length * group} channels. Make them equal (X is (N, C, H, W))."
            );
        }
        if (scope.Has(2) && scope.Shape(2) != new Shape(w[0]))
        {
            throw scope.Error($"B has shape {scope.Shape(2)}, and must be ({w[0]},): W has shape {w}.");
        }
        var window = Window.Of(scope.Operation, x, w);
        return new(type, new(x[0], w[0], window.Vertical.OutputLength, window.Horizontal.OutputLength));
    }
}
