using System.Collections.Immutable;

namespace Neptune.ModelGraph.Operations;

/// <summary>
/// Puts elements back where a MaxPool found them, and zeros elsewhere: X, I (their numbers in the whole of the output
/// that kernel, strides and pads give), and optionally the output's shape, whose end is filled with zeros.
/// </summary>
internal sealed class MaxUnpool : IOperationDefinition
{
    public string Type => "MaxUnpool";

    public ImmutableArray<string> Inputs => ["X", "I", "output_shape"];

    public int RequiredInputs => 2;

    public ImmutableArray<AttributeDefinition> Attributes =>
        [
            AttributeDefinition.Ints("kernel_shape"),
            AttributeDefinition.Ints("pads"),
            AttributeDefinition.Ints("strides"),
        ];

    public TensorType Infer(OperationScope scope)
    {
        var type = scope[0].Type;
        if (!type.IsFloating() || scope[1].Type != ElementType.Int64)
        {
            throw scope.Error($"X is {type} and I is {scope[1].Type}. X must be floating point, and I Int64.");
        }
        var x = scope.Image();
        if (!scope.Shape(1).MayEqual(x))
        {
            throw scope.Error($"I has shape {scope.Shape(1)}, and must be that of X, {x}.");
        }
        var settings = WindowSettings.Of(scope.Operation, x.Rank - 2);
        if (scope.Has(2))
        {
            return new(
                type,
                scope.Known(2) is { } known && known.Elements.Length == x.Rank
                    ? new([.. known.Elements.Select(e => e.AsDimension())])
                    : new([x[0], x[1], .. Enumerable.Repeat(Dimension.Unknown, x.Rank - 2)])
            );
        }
        return new(
            type,
            new([
                x[0],
                x[1],
                .. Enumerable
                    .Range(0, settings.Rank)
                    .Select(a =>
                        x[a + 2].IsFixed
                            ? Dimension.Fixed(Math.Max(0, Length(settings, a, x[a + 2].Length)))
                            : Dimension.Unknown
                    ),
            ])
        );
    }

    private static long Length(WindowSettings settings, int axis, long length) =>
        checked(
            ((length - 1) * settings.Strides[axis])
            + settings.Kernel[axis]
            - settings.Pads[axis]
            - settings.Pads[axis + settings.Rank]
        );
}
