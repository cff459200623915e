using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>A pooling of X (N, C, ...) by a window that slides over one to three lengths.</summary>
internal abstract class PoolingDefinition : IOperationDefinition
{
    public abstract string Type { get; }

    public ImmutableArray<string> Inputs => ["X"];

    public virtual int MostOutputs => 1;

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
        var type = TypeOf(scope);
        var x = scope.Image();
        if (scope.Operation.Ints("kernel_shape").IsEmpty)
        {
            throw scope.Error(
                $"kernel_shape is missing. Give {x.Rank - 2} positive numbers"
                    + (x.Rank == 4 ? ": height, width." : ".")
            );
        }
        _ = scope.Flag("ceil_mode");
        var settings = WindowSettings.Of(scope.Operation, x.Rank - 2);
        for (var axis = 0; axis < settings.Rank; axis++)
        {
            // A window wholly in the padding has no maximum and no mean.
            var (begin, end) = (settings.Pads[axis], settings.Pads[axis + settings.Rank]);
            if (begin >= settings.Span(axis) || end >= settings.Span(axis))
            {
                throw scope.Error(
                    $"pads of {begin} and {end} are not smaller than the kernel of {settings.Kernel[axis]}. Pad less."
                );
            }
        }
        return new(type, new([x[0], x[1], .. Window.Lengths(settings, x)]));
    }

    public virtual ImmutableArray<TensorType> InferAll(OperationScope scope) => [Infer(scope)];

    public virtual ImmutableArray<ElementType> TypesOf(OperationScope scope) => [scope[0].Type];

    protected virtual ElementType TypeOf(OperationScope scope) => scope.FloatingType();
}
