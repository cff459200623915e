using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// The transpose of a convolution, over one to three lengths: X (N, C, ...), W (C, M/group, ...), B (M). Each element
/// of X adds W times itself to a window of the output.
/// </summary>
internal sealed class ConvTranspose : IOperationDefinition
{
    public string Type => "ConvTranspose";

    public ImmutableArray<string> Inputs => ["X", "W", "B"];

    public int RequiredInputs => 2;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [
            AttributeDefinition.Text("auto_pad"),
            AttributeDefinition.Ints("dilations"),
            AttributeDefinition.Int("group"),
            AttributeDefinition.Ints("kernel_shape"),
            AttributeDefinition.Ints("output_padding"),
            AttributeDefinition.Ints("output_shape"),
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
            throw scope.Error($"group is {group}, and must be a divisor of the {w[0]} channels of W {w}.");
        }
        if (!x[1].MayEqual(w[0]))
        {
            throw scope.Error(
                $"X has shape {x} with {x[1]} channels, and W has shape {w}, which takes {w[0]} channels. "
                    + "Make them equal (X is (N, C, H, W), W is (C, M/group, kH, kW))."
            );
        }
        var filters = checked(w[1].Length * group);
        scope.CheckBias(2, filters, w);
        var settings = WindowSettings.Of(scope.Operation, x.Rank - 2, w);
        return new(type, new([x[0], filters, .. TransposedWindow.Lengths(scope.Operation, settings, x)]));
    }
}
