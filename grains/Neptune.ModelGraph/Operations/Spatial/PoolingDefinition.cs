using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>A 2-D pooling of X (N, C, H, W) by a sliding window.</summary>
internal abstract class PoolingDefinition : IOperationDefinition
{
    public abstract string Type { get; }

    public ImmutableArray<string> Inputs => ["X"];

    public virtual ImmutableArray<AttributeDefinition> Attributes =>
        [
            AttributeDefinition.Text("auto_pad"),
            AttributeDefinition.Int("ceil_mode"),
            AttributeDefinition.Ints("dilations"),
            AttributeDefinition.Ints("kernel_shape"),
            AttributeDefinition.Ints("pads"),
            AttributeDefinition.Ints("strides"),
        ];

    public virtual TensorType Infer(OperationScope scope)
    {
        var type = scope.FloatingType();
        var x = scope.ShapeOfRank(0, 4, "(N, C, H, W); only 2-D pooling is known");
        if (scope.Operation.Ints("kernel_shape").IsEmpty)
        {
            throw scope.Error("kernel_shape is missing. Give 2 positive numbers: height, width.");
        }
        _ = scope.Flag("ceil_mode");
        var window = Window.Of(scope.Operation, x);
        foreach (var axis in (ReadOnlySpan<WindowAxis>)[window.Vertical, window.Horizontal])
        {
            // A window wholly in the padding has no maximum and no mean.
            var span = ((axis.Kernel - 1) * axis.Dilation) + 1;
            if (axis.PadBegin >= span || axis.PadEnd >= span)
            {
                throw scope.Error(
                    $"pads of {axis.PadBegin} and {axis.PadEnd} are not smaller than the kernel of {axis.Kernel}. Pad less."
                );
            }
        }
        return new(type, new(x[0], x[1], window.Vertical.OutputLength, window.Horizontal.OutputLength));
    }
}
